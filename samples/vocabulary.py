"""The words that the sample leads are made of. Invented for this sample; nothing else in the project uses them."""

from dataclasses import dataclass
from datetime import timedelta, timezone

CHINA_TIME = timezone(timedelta(hours=8))


@dataclass(frozen=True)
class City:
    """A city that leads come from, with what an address, a landline and a USCC there begin with."""

    region: str
    name: str
    english: str
    prefix: str = ""
    division: str = ""
    area_code: str = ""
    districts: tuple[str, ...] = ()
    time: timezone = CHINA_TIME
    weight: int = 1

    @property
    def country(self) -> str:
        """ISO 3166-1 code."""
        return self.region[:2]


CITIES = (
    City("CN-BJ", "北京", "Beijing", "北京市", "1101", "010", ("海淀区", "朝阳区", "丰台区"), weight=12),
    City("CN-SH", "上海", "Shanghai", "上海市", "3101", "021", ("浦东新区", "徐汇区", "闵行区"), weight=15),
    City("CN-GD", "深圳", "Shenzhen", "广东省深圳市", "4403", "0755", ("南山区", "福田区", "龙岗区"), weight=11),
    City("CN-GD", "广州", "Guangzhou", "广东省广州市", "4401", "020", ("天河区", "番禺区", "黄埔区"), weight=8),
    City("CN-ZJ", "杭州", "Hangzhou", "浙江省杭州市", "3301", "0571", ("西湖区", "滨江区", "余杭区"), weight=8),
    City("CN-ZJ", "宁波", "Ningbo", "浙江省宁波市", "3302", "0574", ("鄞州区", "北仑区"), weight=3),
    City("CN-JS", "苏州", "Suzhou", "江苏省苏州市", "3205", "0512", ("姑苏区", "吴中区"), weight=6),
    City("CN-JS", "南京", "Nanjing", "江苏省南京市", "3201", "025", ("江宁区", "玄武区"), weight=4),
    City("CN-SC", "成都", "Chengdu", "四川省成都市", "5101", "028", ("武侯区", "锦江区"), weight=6),
    City("CN-HB", "武汉", "Wuhan", "湖北省武汉市", "4201", "027", ("洪山区", "江汉区"), weight=2),
    City("US-CA", "旧金山", "San Francisco", time=timezone(timedelta(hours=-8)), weight=14),
    City("GB-LND", "伦敦", "London", time=timezone(timedelta()), weight=8),
    City("SG-01", "新加坡", "Singapore", weight=7),
)

# Two characters make a brand and their readings its domain name, so no reading occurs twice in a list.
BRAND_FIRST = {
    "岚": "lan", "皓": "hao", "珩": "heng", "霁": "ji", "朔": "shuo", "砚": "yan", "榆": "yu", "鹭": "lu", "栎": "li",
    "翊": "yi", "宸": "chen", "沅": "yuan", "晟": "sheng", "璟": "jing", "棠": "tang", "渡": "du", "柏": "bai",
    "钧": "jun", "炜": "wei", "绮": "qi",
}  # fmt: skip
BRAND_SECOND = {
    "帆": "fan", "舟": "zhou", "岳": "yue", "禾": "he", "锋": "feng", "川": "chuan", "栈": "zhan", "桥": "qiao",
    "谷": "gu", "星": "xing", "图": "tu", "木": "mu", "庭": "ting", "莱": "lai", "迈": "mai", "拓": "tuo", "宁": "ning",
}  # fmt: skip
ENGLISH_FIRST = ("Oak", "Harbour", "Bright", "Copper", "North", "Silver", "Lark", "Stone", "Wren", "Amber", "Juniper")
ENGLISH_SECOND = ("field", "light", "water", "line", "gate", "mill", "ridge", "crest", "ford", "haven", "wick")

# Industry: words of a Chinese company name, words of an English one.
INDUSTRIES = {
    "manufacturing": (("精密机械", "自动化设备", "电子"), ("Precision", "Machinery", "Robotics")),
    "software": (("软件", "信息技术", "网络科技"), ("Software", "Systems")),
    "logistics": (("物流", "供应链管理"), ("Logistics", "Freight")),
    "healthcare": (("医疗器械", "生物科技"), ("Medical", "Biosciences")),
    "energy": (("新能源", "储能技术"), ("Energy", "Solar")),
    "education": (("教育科技",), ("Learning",)),
    "retail": (("商贸", "国际贸易"), ("Trading", "Outfitters")),
    "construction": (("建筑工程", "装饰材料"), ("Construction", "Materials")),
    "agriculture": (("农业发展", "食品"), ("Farms", "Foods")),
}
CHINESE_FORMS = ("有限公司", "有限公司", "有限公司", "有限责任公司", "股份有限公司", "集团有限公司")
ENGLISH_FORMS = {"CN": ("Co., Ltd.",), "US": ("Inc.", "LLC"), "GB": ("Ltd.", "PLC"), "SG": ("Pte. Ltd.",)}

# What the names above turn into in traditional script; a character that is missing here is the same in both.
TRADITIONAL = str.maketrans(
    "岚霁砚鹭栎钧炜绮锋栈桥图莱迈宁广东苏汉机动设备电软术网络应链医疗储国际贸装饰筑农业发责团",
    "嵐霽硯鷺櫟鈞煒綺鋒棧橋圖萊邁寧廣東蘇漢機動設備電軟術網絡應鏈醫療儲國際貿裝飾築農業發責團",
)
FULL_WIDTH = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)} | {" ": "\u3000"})

SURNAMES = {
    "王": "wang", "李": "li", "张": "zhang", "刘": "liu", "陈": "chen", "杨": "yang", "赵": "zhao", "黄": "huang",
    "周": "zhou", "吴": "wu", "徐": "xu", "孙": "sun", "胡": "hu", "朱": "zhu", "高": "gao", "林": "lin", "何": "he",
    "郭": "guo", "单": "shan", "曾": "zeng", "欧阳": "ouyang", "仇": "qiu", "朴": "piao", "解": "xie",
}  # fmt: skip
GIVEN_NAMES = {
    "小明": "xiaoming", "建国": "jianguo", "丽华": "lihua", "志强": "zhiqiang", "雪梅": "xuemei", "子轩": "zixuan",
    "雨桐": "yutong", "浩然": "haoran", "思远": "siyuan", "晓燕": "xiaoyan", "文博": "wenbo", "静": "jing",
    "磊": "lei", "婷": "ting", "海峰": "haifeng", "佳怡": "jiayi", "俊杰": "junjie", "春生": "chunsheng",
}  # fmt: skip
FIRST_NAMES = (
    "Alice", "Benjamin", "Chloé", "Daniel", "Eleanor", "Farah", "George", "Hannah", "Isaac", "Jun Hao", "Kavita",
    "Liam", "Mei Ling", "Noah", "Olivia", "Peter", "Rosa", "Samuel", "Tessa", "Victor",
)  # fmt: skip
LAST_NAMES = (
    "Abbott", "Barnes", "Castillo", "Dawson", "Edwards", "Fischer", "Goh", "Hartley", "Iyer", "Johansson", "Kaur",
    "Lim", "Müller", "Nguyen", "O'Brien", "Patel", "Quinn", "Reyes", "Tan", "Whitaker",
)  # fmt: skip
CHINESE_TITLES = ("采购经理", "总经理", "技术总监", "运营主管", "信息部部长", "董事长助理", "项目经理")
ENGLISH_TITLES = ("Purchasing Manager", "Managing Director", "Head of IT", "Operations Lead", "CTO", "Project Manager")

ROADS = ("科技路", "长江路", "创新大道", "人民路", "学府街", "工业园三路", "滨河东路")
STREETS = {
    "CN": ("Century Road", "Innovation Avenue"),
    "US": ("Mission Street", "Alder Avenue", "Bayview Road"),
    "GB": ("Fenchurch Lane", "Marlow Street", "Old Wharf Road"),
    "SG": ("Robinson Quay", "Kallang Way", "Jurong Gateway"),
}
CHINESE_NEEDS = (
    "想了解产品报价", "需要系统演示，最好本周内", "现有设备到期，计划更换", "想比较年度服务合同的价格",
    "新工厂明年投产，需要整体方案", "询问是否支持私有化部署", "希望安排技术交流", "先试用三个月，再谈采购",
)  # fmt: skip
ENGLISH_NEEDS = (
    "Please send a quotation", "Would like a demo this week, if possible", "Replacing equipment at the end of the year",
    "Comparing annual service contracts", 'Asked about the "enterprise" plan', "Needs a proposal for a new site",
)  # fmt: skip
CURRENCIES = {"CN": "CNY", "US": "USD", "GB": "GBP", "SG": "SGD"}

# Region of the stand, name of the show, its day.
SHOWS = (
    ("CN-GD", "2026华南工业装备展", "2026-10-21"),
    ("CN-SH", "2026长三角智能制造展", "2026-10-28"),
    ("CN-BJ", "2026北方数字经济展", "2026-10-15"),
    ("US-CA", "West Coast Factory Expo 2026", "2026-10-23"),
    ("GB-LND", "Thames Industry Week 2026", "2026-10-14"),
    ("SG-01", "Straits Smart Operations Fair 2026", "2026-10-30"),
)
SOURCES = {
    "new_registration": {"website": "web", "wechat": "wx", "search_ads": "ad", "telephony": "call"},
    "key_account": {"crm": "crm"},
    "referral": {"crm": "crm", "sales_app": "app"},
    "trade_show": {"show_app": "show"},
}
