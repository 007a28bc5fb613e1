#!/bin/sh
# Submits one public post over REST and prints what its author is told: submit.sh [INGEST] [ENFORCEMENT]
set -eu
ingest=${1:-http://127.0.0.1:8080}
enforcement=${2:-http://127.0.0.1:8084}
key=${MODERATION_API_KEY:-$(cat .dev/api-key)}

answer=$(curl -sS --fail-with-body "$ingest/v1/posts" -H "x-api-key: $key" -H 'content-type: application/json' -d '{
  "post": {
    "postId": "from-curl-1",
    "accountId": "account-1",
    "audience": "AUDIENCE_PUBLIC",
    "text": "You won a prize! Claim your free $1000 now: http://prize.example"
  },
  "wait": "5s"
}') || { printf "%s\n" "$answer" >&2; exit 1; }
decision=$(printf "%s" "$answer" | sed -E 's/.*"decisionId":"([^"]+)".*/\1/')
echo "$decision"
curl -sS --fail-with-body "$enforcement/v1/decisions/$decision/statement" -H "x-api-key: $key"
echo
