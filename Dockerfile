# syntax=docker/dockerfile:1
FROM debian:trixie-slim AS build
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
WORKDIR /src
COPY . .
# The same set-up as on a developer's machine builds the browser's files; then an environment with the product alone.
# hadolint ignore=SC1091
RUN . scripts/setup.sh \
    && install_packages ca-certificates python3 python3-venv \
    && setup_python requirements.lock \
    && setup_static \
    && python3 -m venv /opt/rongcuo \
    && /opt/rongcuo/bin/pip install --no-cache-dir --require-hashes -r requirements-run.lock \
    && rm -rf .venv node_modules .git

FROM debian:trixie-slim
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        fonts-babelstone-han fonts-noto-cjk libreoffice-writer-nogui python3 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home --home-dir /var/lib/rongcuo rongcuo
COPY --from=build /opt/rongcuo /opt/rongcuo
COPY --from=build /src/service /srv/rongcuo/service
COPY --from=build /src/processes /srv/rongcuo/processes
COPY --from=build /src/forms /srv/rongcuo/forms
# The product keeps what it writes (database, key) in the folder var below the working folder.
WORKDIR /var/lib/rongcuo
ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONPATH=/srv/rongcuo \
    RONGCUO_HOST=0.0.0.0
USER 10001
VOLUME /var/lib/rongcuo
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["/opt/rongcuo/bin/python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
CMD ["/opt/rongcuo/bin/python", "-m", "service", "serve"]
