{{/*
ServiceAccount of the release's pods; its name and annotations are values.
In: the chart's context, with unlabelled (true) beside it where the real chart's account bears none of these labels.
*/}}
{{- define "common.serviceAccount" }}
{{- $account := .Values.serviceAccount | default dict }}
{{- if not (eq $account.create false) }}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "common.serviceAccountName" . }}
  namespace: {{ .Release.Namespace }}
  {{- if not .unlabelled }}
  labels:
    {{- include "common.labels" . | nindent 4 }}
  {{- end }}
  {{- with $account.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
automountServiceAccountToken: {{ not (eq $account.automount false) }}
{{- end }}
{{- end -}}

{{/*
ConfigMap of environment entries, for envFrom.
In: top, name (default: the release's), entries (default: values.env).
*/}}
{{- define "common.environment" }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .name | default (include "common.fullname" .top) }}
  namespace: {{ .top.Release.Namespace }}
  labels:
    {{- include "common.labels" .top | nindent 4 }}
data:
  {{- range $key, $value := ternary .entries .top.Values.env (hasKey . "entries") }}
  {{- if not (kindIs "invalid" $value) }}
  {{ $key }}: {{ $value | quote }}
  {{- end }}
  {{- end }}
{{- end -}}

{{/*
ConfigMaps whose real content only the real program reads.
In: top, names (behind the release's name), unlabelled (those of the names whose object the real chart gives no label).
*/}}
{{- define "common.placeholders" }}
{{- $top := .top }}
{{- $unlabelled := .unlabelled | default list }}
{{- range .names }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "common.fullname" $top }}-{{ . }}
  namespace: {{ $top.Release.Namespace }}
  {{- if not (has . $unlabelled) }}
  labels:
    {{- include "common.labels" $top | nindent 4 }}
  {{- end }}
data:
  stand-in: "The real chart keeps assets of its program here."
{{- end }}
{{- end -}}

{{/* Secret by which RESTActions and controllers find a Service; unlabelled in every real chart. In: top, url, entries (further ones). */}}
{{- define "common.endpoint" }}
---
apiVersion: v1
kind: Secret
type: Opaque
metadata:
  name: {{ include "common.fullname" .top }}-endpoint
  namespace: {{ .top.Release.Namespace }}
stringData:
  server-url: {{ .url }}
  {{- range $key, $value := .entries }}
  {{ $key }}: {{ $value | quote }}
  {{- end }}
{{- end -}}

{{/* Address of the release's Service inside the cluster. */}}
{{- define "common.url" -}}
http://{{ include "common.fullname" . }}.{{ .Release.Namespace }}.svc:{{ .Values.service.port }}
{{- end -}}

{{/*
Custom resource definitions with a loose schema: a stand-in proves that a kind is served, not what is in it. Those of
the real charts bear no label.
In: top, group, version, kinds; scope (default Namespaced), keep (true: survives the release).
Every plural is the kind in lower case with one "s" at its end.
*/}}
{{- define "common.crds" }}
{{- $in := . }}
{{- range $kind := .kinds }}
{{- $singular := lower $kind }}
{{- $plural := printf "%ss" (trimSuffix "s" $singular) }}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: {{ $plural }}.{{ $in.group }}
  {{- if $in.keep }}
  annotations:
    helm.sh/resource-policy: keep
  {{- end }}
spec:
  group: {{ $in.group }}
  scope: {{ $in.scope | default "Namespaced" }}
  names:
    kind: {{ $kind }}
    listKind: {{ $kind }}List
    plural: {{ $plural }}
    singular: {{ $singular }}
  versions:
    - name: {{ $in.version }}
      served: true
      storage: true
      subresources:
        status: {}
      schema:
        openAPIV3Schema:
          type: object
          x-kubernetes-preserve-unknown-fields: true
{{- end }}
{{- end -}}
