# Importing files of customers: rules that cells and files can break, and what reports say.

problem-import-mapping-unusable = Columns cannot be read like this
    .detail = A column that is named does not exist, holds a field twice, or no column says who a customer is.
problem-import-not-ready = Import not ready
    .detail = The import is in a stage in which this cannot be done. Look at its stage, and ask again when it has moved on.

rule-cell-too-large = cannot be read: a cell beginning on line { $line } is longer than any cell should be; a quotation mark may be missing there
rule-column-unknown = names a column that the file does not have
rule-customer-type-unknown = must be one of new registration, key account, referral, trade show
rule-encoding-unknown = is neither text in UTF-8, GBK or UTF-16 nor an XLSX workbook
rule-field-twice = holds a field that another column holds already
rule-file-empty = is empty
rule-formula = must be a value; formulas are not computed
rule-number-shortened = was rounded by a spreadsheet; format the column as text and enter the whole number
rule-old-excel = is an old or encrypted Excel file; save it as XLSX without a password, or as CSV
rule-owner-ambiguous = is the name of several reps; use the id or the e-mail address
rule-owner-not-available = is a rep who is gone or on leave
rule-owner-not-for-type = cannot be set: the rule of this customer type lets nobody name the owner
rule-owner-unknown = is no rep's id, name or e-mail address
rule-placeholder = stands for nobody
rule-sheet-broken = is damaged, or is no XLSX workbook
rule-sheet-too-large = would unpack to more than is taken in; save it as CSV
rule-too-many-columns = has more than { $limit } columns
rule-too-many-rows = has more than { $limit } rows; split it into several files

import-verdict-new = New customer
import-verdict-same-row = Merged into another row
import-verdict-known = Known customer
import-verdict-doubt = Needs a person
import-verdict-bad = Bad row

import-why-possible-row = It may be the same customer as another row.
import-why-conflicting-row = It is tied to another row and contradicts it, for example by another credit code.
import-why-shared-by-many = It shares a number or an address with more rows than one customer has.
import-why-possible-customer = It may be a customer that is known already.
import-why-waiting-lead = It may be the same as a lead that waits for a person.

import-asked-left-out = Left out
import-asked-needs-confirmation = Waits for a person:
import-asked-new-customer = New customer:
import-asked-duplicate = Known customer:
import-asked-rejected = Taken back, or nobody's:

import-field-name = Name
import-field-person = Contact person
import-field-contact = Phone or e-mail
import-field-region = Region
import-field-address = Address
import-field-industry = Industry
import-field-website = Website
import-field-complete = All of these

import-stage-analysing = Analysing
import-stage-ready = Dry run: nothing has been loaded yet
import-stage-loading = Loading
import-stage-done = Loaded
import-stage-undoing = Taking back
import-stage-undone = Taken back
import-stage-failed = Cannot be imported
import-stage-discarded = Discarded

import-phase-reading = Reading and cleaning
import-phase-grouping = Looking for duplicates in the file
import-phase-comparing = Comparing with known customers
import-phase-loading = Loading
import-phase-asking = Submitting rows in doubt
import-phase-undoing = Taking back

import-report-title = Import report
import-report-file = File
import-report-rows = Rows read
import-report-to-do = What to do
import-report-nothing-to-do = Nothing is left to do.
import-report-do-doubt = { $count ->
    [one] One row needs a person: look whether it is the customer beside it.
   *[other] { $count } rows need a person: look whether they are the customers beside them.
}
import-report-do-asked = { $count ->
    [one] One row waits for a person's word: POST /v1/leads/(lead)/confirmation.
   *[other] { $count } rows wait for a person's word: POST /v1/leads/(lead)/confirmation.
}
import-report-do-bad = { $count ->
    [one] One row breaks a rule: correct the cell and send the file again.
   *[other] { $count } rows break a rule: correct the cells and send the file again.
}
import-report-do-left = { $count ->
    [one] One customer was left although the import was taken back: somebody has worked with it since.
   *[other] { $count } customers were left although the import was taken back: somebody has worked with them since.
}
import-report-completeness = How complete the customers are
import-report-before = before, of { $count } rows
import-report-after = after, of { $count } customers
import-report-completed = Details that were derived
import-report-line = Row
import-report-who = Who
import-report-column = Column
import-report-value = Value
import-report-reason = Reason
import-report-beside = Beside
import-report-row-number = row { $line }
import-report-merged = Merged rows
import-report-became = What became of it
import-report-kept = Kept
import-report-customer = Customer
import-report-field = Detail
import-report-count = Rows
import-report-more = The first { $shown } of { $count }; the workbook has all.
import-report-state = State
import-report-summary = Summary

import-cli-sending = Sending { $filename }
import-cli-known = This file was sent before: import { $id }, { $stage }.
import-cli-columns = How the columns are read
import-cli-not-taken = (not taken over)
import-cli-confirm = Load { $count } customers?
import-cli-nothing = There is nothing to load.
import-cli-dry-run = Dry run only: nothing was loaded. Import { $id }
import-cli-done = Loaded. Import { $id }; take it back with: oneowner import undo { $id }
import-cli-undone = Taken back. Import { $id }
import-cli-report = The report is in { $path }
import-cli-unreachable = No OneOwner service answers at { $url }. Start it with: oneowner run
import-cli-refused = { $title }: { $detail }
import-cli-map = --map takes COLUMN=FIELD, not { $pair }. The fields are { $fields }
