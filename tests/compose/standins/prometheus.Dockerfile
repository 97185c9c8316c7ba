FROM python:3.11.14-slim
COPY bin/prometheus /usr/lib/standin/prometheus
COPY bin/promtool /bin/promtool
# 2.42 needs a flag for what 3.x does always.
RUN ln -s /bin/busybox /bin/wget \
    && printf '#!/bin/sh\nexec /usr/lib/standin/prometheus --enable-feature=expand-external-labels "$@"\n' >/bin/prometheus \
    && chmod +x /bin/prometheus && install -d -o 65534 -g 65534 /prometheus /etc/prometheus
USER 65534
WORKDIR /prometheus
VOLUME /prometheus
EXPOSE 9090
ENTRYPOINT ["/bin/prometheus"]
CMD ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"]
