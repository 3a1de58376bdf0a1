"""The text around the data in the configuration; every value in it is escaped."""

from __future__ import annotations

CONFIGURATION = """\
# aipol: AI rules of {{ identifier }} for HAProxy 2.6 and later.
# Loaded together with your own configuration, which has the backends and the timeouts. It only
# refuses: what it says nothing about goes on to your backends.
{% for frontend in frontends %}

frontend {{ frontend.name }}
    bind {{ frontend.bind }}
    mode {{ frontend.mode }}
{% if frontend.mode == "tcp" %}
    tcp-request inspect-delay 5s
{% endif %}
{% if exempt %}
    acl exempt src -f {{ exempt }}
{% endif %}
{% for segment in segments %}
# {{ segment.id }}
{% if segment.networks %}
    acl {{ segment.acl }} src -f {{ segment.networks }}
{% endif %}
{% for list in segment.lists %}
{% if frontend.mode == "tcp" %}
    acl {{ list.acl }} req.ssl_sni,lower,rtrim(.) -m {{ list.method }} -f {{ list.path }}
{% else %}
    acl {{ list.acl }} req.hdr(host),host_only,rtrim(.) -m {{ list.method }} -f {{ list.path }}
{% endif %}
{% endfor %}
{% for refused in segment.refused %}
{% if frontend.mode == "tcp" %}
    tcp-request content reject if {{ refused }}
{% else %}
    http-request deny if {{ refused }}
{% endif %}
{% endfor %}
{% endfor %}
{% if frontend.mode == "tcp" %}
# A handshake that is not complete in time, or is none, has no name to compare.
    tcp-request content reject unless { req.ssl_hello_type 1 }
{% if frontend.named %}
    tcp-request content reject unless { req.ssl_sni -m found }
{% endif %}
{% elif frontend.named %}
    http-request deny unless { req.hdr(host) -m found }
{% endif %}
    default_backend {{ frontend.backend }}
{% endfor %}
"""
