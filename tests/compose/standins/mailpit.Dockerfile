FROM python:3.11.14-slim
COPY mailpit.py /mailpit
RUN pip3 install --break-system-packages aiosmtpd && chmod 755 /mailpit
# Its Python, as process 1, would let the stop wait for ten seconds.
STOPSIGNAL SIGKILL
EXPOSE 1025 8025
ENTRYPOINT ["/mailpit"]
