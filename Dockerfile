# A Coppice worker for docker-compose.yml: the worker, git, and an agent. The Temporal server is elsewhere.
FROM node:24.21.0-trixie-slim

RUN apt-get update \
  && apt-get install -y --no-install-recommends bubblewrap ca-certificates git procps ripgrep socat \
  && rm -rf /var/lib/apt/lists/*

# The agent. Build with --build-arg AGENT= for an image without one, to put your own in.
ARG AGENT=@anthropic-ai/claude-code@2.1.332
RUN [ -z "$AGENT" ] || npm install --global --no-fund --no-audit "$AGENT"

WORKDIR /opt/coppice
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-fund --no-audit
COPY . .
RUN ln -s /opt/coppice/bin/coppice.js /usr/local/bin/coppice

# Owned by the user before a volume is first mounted there, which takes the owner over.
RUN mkdir -p /state /repositories /home/node/.claude \
  && chown node:node /state /repositories /home/node/.claude
USER node
ENV COPPICE_HOME=/state
# What a volume on its .claude directory can't hold: Claude Code keeps part of its login beside it, unless told this.
ENV CLAUDE_CONFIG_DIR=/home/node/.claude
WORKDIR /repositories
CMD ["coppice", "worker"]
