FROM python:3.11.14-slim
COPY bin/prometheus-alertmanager /bin/alertmanager
COPY bin/amtool /bin/amtool
COPY share /usr/share/prometheus/alertmanager
RUN ln -s /bin/busybox /bin/wget && install -d -o 65534 -g 65534 /alertmanager /etc/alertmanager
USER 65534
WORKDIR /alertmanager
VOLUME /alertmanager
EXPOSE 9093
ENTRYPOINT ["/bin/alertmanager"]
CMD ["--config.file=/etc/alertmanager/alertmanager.yml", "--storage.path=/alertmanager"]
