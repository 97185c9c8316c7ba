FROM scratch
ADD rootfs.tar /
COPY wheels /wheels
# Debian's Python under the paths of the official image; packages from the folder, never from a network.
RUN ln -s /usr/bin/python3 /usr/local/bin/python3 && ln -s /usr/bin/python3 /usr/local/bin/python \
    && printf '[global]\nno-index = true\nfind-links = /wheels\n' >/etc/pip.conf
CMD ["python3"]
