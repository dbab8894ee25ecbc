{{/* A widget without content. In: top, kind, name, namespace. */}}
{{- define "portal.widget" }}
---
apiVersion: widgets.templates.krateo.io/v1beta1
kind: {{ .kind }}
metadata:
  name: {{ .name }}
  namespace: {{ .namespace }}
spec:
  widgetData: {}
{{- end -}}

{{/* User who logs in with a password, and the Secret that holds it. In: top, name, displayName, group, password (base64). */}}
{{- define "portal.user" }}
---
apiVersion: v1
kind: Secret
type: kubernetes.io/basic-auth
metadata:
  name: {{ .name }}-password
  namespace: {{ .top.Release.Namespace }}
data:
  password: {{ .password }}
---
apiVersion: basic.authn.krateo.io/v1alpha1
kind: User
metadata:
  name: {{ .name }}
  namespace: {{ .top.Release.Namespace }}
spec:
  displayName: {{ .displayName }}
  groups: [{{ .group }}]
  passwordRef:
    namespace: {{ .top.Release.Namespace }}
    name: {{ .name }}-password
    key: password
{{- end -}}
