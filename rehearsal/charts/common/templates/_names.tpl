{{/* Chart name, as the label app.kubernetes.io/name carries it. */}}
{{- define "common.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* Name of the release's objects: the release's own name where that already says which chart it is. */}}
{{- define "common.fullname" -}}
{{- $name := include "common.name" . -}}
{{- $release := .Release.Name -}}
{{- $both := contains $name $release | ternary $release (printf "%s-%s" $release $name) -}}
{{- .Values.fullnameOverride | default $both | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "common.serviceAccountName" -}}
{{- ((.Values.serviceAccount).name) | default (include "common.fullname" .) -}}
{{- end -}}

{{- define "common.selectorLabels" -}}
app.kubernetes.io/name: {{ include "common.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "common.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "common.selectorLabels" . }}
{{- with .Chart.AppVersion }}
app.kubernetes.io/version: {{ . | quote }}
{{- end }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{/* Image reference. In: top, image (a values map); the chart's app version is the default tag. */}}
{{- define "common.image" -}}
{{- printf "%s:%s" .image.repository (.image.tag | default .top.Chart.AppVersion) -}}
{{- end -}}
