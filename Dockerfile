# One image for web, worker, scheduler and migrations; docker-compose.yml says which does what.
FROM python:3.11-slim AS packages
WORKDIR /build
COPY requirements/uv.txt requirements/base.txt ./
RUN python -m pip install --no-cache-dir --require-hashes -r uv.txt \
 && uv venv --no-python-downloads /venv \
 && uv pip sync --no-cache --python /venv/bin/python --require-hashes base.txt

FROM python:3.11-slim
RUN useradd --system --uid 10001 --no-create-home touchline \
 && install -d -o touchline -g touchline /data /data/media
COPY --from=packages /venv /venv
WORKDIR /app
COPY . .
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# The static files belong to the image; the key made for this one command does not.
RUN python manage.py collectstatic --noinput && rm -f var/secret_key var/db.sqlite3
ENV TOUCHLINE_ENV=production MEDIA_ROOT=/data/media
USER touchline
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "-c", "python:config.gunicorn", "--bind", "0.0.0.0:8000"]
