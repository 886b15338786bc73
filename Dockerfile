# The playground in a container, set up by the same scripts as `make run`.
#   docker build -t backlight . && docker run -p 8000:8000 backlight

FROM python:3.13-slim AS front-end
WORKDIR /backlight
COPY scripts scripts
COPY frontend frontend
RUN python scripts/setup.py front-end

FROM python:3.13-slim
ENV PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /backlight
COPY scripts scripts
RUN python scripts/setup.py torch
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY app app
RUN python scripts/setup.py serve && rm -rf .setup
COPY --from=front-end /backlight/app/backlight/api/static app/backlight/api/static

RUN useradd --create-home --shell /usr/sbin/nologin backlight
USER backlight
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD \
    [".venv/bin/python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]

# The server listens beyond the container only where the kernel seals programs off: it tries that first, and otherwise
# ends and says what is open. docs/security.md has the options for `docker run` in public.
CMD [".venv/bin/backlight", "serve", "--host", "0.0.0.0", "--port", "8000"]
