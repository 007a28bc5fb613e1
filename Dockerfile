# syntax=docker/dockerfile:1
# Any service of the suite:
#   docker build --build-arg SERVICE=ingest --tag moderation-ingest .
# media-hash with ffmpeg, which hashes videos too; without, a video is refused as UNAVAILABLE and pictures go on:
#   docker build --build-arg SERVICE=media-hash --target video --tag moderation-media-hash .
# SERVICE is the folder under services/: ingest, text-classify, media-hash or enforcement.
ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0-noble
# No shell and no package manager; glibc, which the native picture library needs.
ARG RUNTIME_IMAGE=mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiselled
# For `--target video`: the same with apt, from whose distribution ffmpeg and its libraries come.
ARG VIDEO_RUNTIME_IMAGE=mcr.microsoft.com/dotnet/aspnet:10.0-noble

# The compiler runs on the builder's own architecture and cross-compiles for the target's.
FROM --platform=$BUILDPLATFORM ${SDK_IMAGE} AS build
ARG SERVICE
ARG TARGETARCH
# Invariant: the build needs no ICU, so any SDK image will do.
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
WORKDIR /src
COPY . .
# Framework-dependent and ReadyToRun: a start costs little compiling, and policies may still be compiled to delegates.
# The entry point is a link, because the image has no shell that could expand a service's name.
RUN --mount=type=cache,id=nuget,target=/root/.nuget/packages \
    set -eu; \
    project=$(ls services/"${SERVICE:?give --build-arg SERVICE=ingest, text-classify, media-hash or enforcement}"/Host/*.csproj); \
    arch=${TARGETARCH:-$(uname -m | sed -e s/x86_64/x64/ -e s/aarch64/arm64/)}; \
    dotnet publish "$project" --configuration Release --arch "$arch" --os linux --self-contained false \
        -p:PublishReadyToRun=true -p:DebugType=none -nodeReuse:false --output /app; \
    ln -s "Moderation.$(basename "$project" .csproj)" /app/service; \
    test -x /app/service

FROM ${VIDEO_RUNTIME_IMAGE} AS video
# The distribution's own package, so that its security updates come with a rebuild. The service runs it as a child without a shell.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ffmpeg \
    && rm -rf /var/lib/apt/lists/* \
    && ffmpeg -hide_banner -version
WORKDIR /app
COPY --from=build /app .
# Addresses come from Listen__*; the base image's default port would only be overridden with a warning.
ENV ASPNETCORE_HTTP_PORTS= DOTNET_NOLOGO=1
# The number that .NET images give their user; a number, so that runAsNonRoot can be checked.
USER 1654:1654
# 8081 gRPC, 8080 REST, 9090 metrics and health
EXPOSE 8081 8080 9090
ENTRYPOINT ["/app/service"]

# The default: what stands last is built without --target.
FROM ${RUNTIME_IMAGE} AS service
WORKDIR /app
COPY --from=build /app .
# Addresses come from Listen__*; the base image's default port would only be overridden with a warning.
ENV ASPNETCORE_HTTP_PORTS= DOTNET_NOLOGO=1
# The number that .NET images give their user; a number, so that runAsNonRoot can be checked.
USER 1654:1654
# 8081 gRPC, 8080 REST, 9090 metrics and health
EXPOSE 8081 8080 9090
ENTRYPOINT ["/app/service"]
