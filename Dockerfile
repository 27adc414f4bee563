# The service and its command line. `docs/deploy.md` says what it needs, `helm/coordinator/README.md` how to run it.
#   docker build --tag coordinator:0.1.0 .
#   docker build --tag coordinator-microsoft:0.1.0 --build-arg ENGINE=Microsoft .
ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0-noble
ARG RUNTIME_IMAGE=mcr.microsoft.com/dotnet/aspnet:10.0-noble

FROM ${SDK_IMAGE} AS build
ARG ENGINE=Embedded
ENV OrleansEngine=${ENGINE} DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
WORKDIR /source
COPY global.json Directory.Build.props Directory.Build.targets Directory.Packages.props BannedSymbols.txt BannedSymbols.Grains.txt .editorconfig ./
COPY build build
COPY src src
RUN dotnet restore src/Silo/Silo.csproj --locked-mode && dotnet restore src/Cli/Cli.csproj --locked-mode
RUN dotnet publish src/Silo/Silo.csproj -c Release -o /app/silo -nologo --no-restore
RUN dotnet publish src/Cli/Cli.csproj -c Release -o /app/cli -nologo --no-restore

FROM ${RUNTIME_IMAGE}
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libsecp256k1-1 libargon2-1 \
    && rm -rf /var/lib/apt/lists/* \
    && mkdir -p /var/lib/coordinator /var/lib/coordinator-generation \
    && chown 10001:10001 /var/lib/coordinator /var/lib/coordinator-generation \
    && chmod 0700 /var/lib/coordinator /var/lib/coordinator-generation
COPY --from=build /app /app
COPY config/coordinator.json config/production.json /etc/coordinator/
# Nothing is written outside of the two folders: the image's own file system may be read-only. TLS asks for a home, which need not exist.
ENV DOTNET_EnableDiagnostics=0 DOTNET_NOLOGO=1 HOME=/nonexistent
USER 10001:10001
WORKDIR /var/lib/coordinator
VOLUME ["/var/lib/coordinator", "/var/lib/coordinator-generation"]
EXPOSE 9990 9991 9992
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["dotnet", "/app/silo/Coordinator.Silo.dll", "health", "--config", "/etc/coordinator/coordinator.json"]
ENTRYPOINT ["dotnet", "/app/silo/Coordinator.Silo.dll"]
CMD ["--config", "/etc/coordinator/coordinator.json"]
