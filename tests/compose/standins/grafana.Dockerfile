FROM python:3.11.14-slim
COPY grafana.py /usr/lib/standin/grafana.py
RUN pip3 install --break-system-packages pyyaml \
    && ln -s /bin/busybox /bin/wget \
    && printf '#!/bin/sh\nexec python3 /usr/lib/standin/grafana.py "$@"\n' >/run.sh && chmod +x /run.sh \
    && install -d -o 472 -g 0 /var/lib/grafana /etc/grafana/provisioning
USER 472
WORKDIR /usr/share
# Its Python, as process 1, would let the stop wait for ten seconds.
STOPSIGNAL SIGKILL
EXPOSE 3000
ENTRYPOINT ["/run.sh"]
