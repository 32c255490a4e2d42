# The image of the API and the worker: `docker compose build`. Every Python package is checked against its hash.

FROM python:3.11.14-slim-bookworm AS wheel
WORKDIR /source
COPY requirements-dev.lock ./
RUN pip install --no-cache-dir --require-hashes --no-deps --requirement requirements-dev.lock
COPY . ./
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /wheels .

FROM python:3.11.14-slim-bookworm AS packages
RUN python -m venv /opt/oneowner
COPY requirements.lock ./
RUN /opt/oneowner/bin/pip install --no-cache-dir --require-hashes --no-deps --requirement requirements.lock
COPY --from=wheel /wheels /wheels
RUN /opt/oneowner/bin/pip install --no-cache-dir --no-deps /wheels/*.whl

FROM python:3.11.14-slim-bookworm
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/oneowner oneowner
COPY --from=packages /opt/oneowner /opt/oneowner
ENV PATH=/opt/oneowner/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    ONEOWNER_DATA_DIR=/var/lib/oneowner \
    ONEOWNER_HOST=0.0.0.0 \
    ONEOWNER_LOG_FORMAT=json
USER 10001
WORKDIR /var/lib/oneowner
EXPOSE 8000
# The API's; a worker alone is checked with `oneowner healthy`.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["oneowner"]
CMD ["serve"]
