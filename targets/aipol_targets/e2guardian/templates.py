"""The text around the data in each of e2guardian's files; every value in it is escaped."""

from __future__ import annotations

MAIN = """\
# aipol: AI rules of {{ identifier }}. Put these lines into e2guardian.conf, in place of its own.
filtergroups = {{ count }}
defaultfiltergroup = 1
authplugin = '{{ directory }}/{{ plugin }}'
# A list that cannot be read would otherwise be left out without a word.
abortiflistmissing = on
"""

PLUGIN = """\
plugname = 'ip'
ipgroups = '{{ directory }}/{{ groups }}'
"""

GROUP = """\
.Include<{{ base }}>
groupname = 'aipol-{{ name }}'
storyboard = '{{ story }}'
# Blocked for real, and without a link that lets people through for a while.
reportinglevel = 3
bypass = 0
{% for list in lists %}
{% if list.exact %}
sitelist = 'name={{ list.name }},messageno=500,sitewild=false,path={{ directory }}/{{ list.file }}'
{% else %}
sitelist = 'name={{ list.name }},messageno=500,path={{ directory }}/{{ list.file }}'
{% endif %}
{% endfor %}
"""

EXEMPT = """\
.Include<{{ base }}>
groupname = 'aipol_gateways'
storyboard = '{{ story }}'
"""

STORY = """\
.Include<{{ story }}>
# The first list that has the site decides; what is let through is left to the rest of the story.
function(aipol)
{% for list in lists %}
{% if list.blocked %}
if(sitein,{{ list.name }}) return setblock
{% else %}
if(sitein,{{ list.name }}) return false
{% endif %}
{% endfor %}
if(true) return false
function(localcheckrequest)
if(true) return aipol
function(localsslrequestcheck)
if(true) return aipol
"""
