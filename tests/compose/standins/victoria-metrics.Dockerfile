FROM python:3.11.14-slim
COPY bin/victoria-metrics /victoria-metrics-prod
RUN ln -s /bin/busybox /bin/wget
EXPOSE 8428
ENTRYPOINT ["/victoria-metrics-prod"]
