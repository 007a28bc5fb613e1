using System.Net;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Redis;
using Moderation.ServiceDefaults.Rest;
using Moderation.ServiceDefaults.Streaming;
using Moderation.ServiceDefaults.Telemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Moderation.ServiceDefaults.Hosting;

/// <summary>What every service of the suite has: ports, errors, access, deadlines, telemetry, health, Redis, graceful stop.</summary>
public static class ServiceHost
{
    /// <summary>The tag of health checks that decide readiness; liveness looks at the process alone.</summary>
    public const string ReadinessTag = "ready";

    private const string LivenessTag = "live";

    /// <summary>Largest gRPC message that a service takes: 16 inline media of 1 MiB and the text, with room to name what is wrong.</summary>
    public const int MaxMessageBytes = 20 * 1024 * 1024;

    /// <summary>Prepares a service called <paramref name="name"/> (kebab case, as it is deployed).</summary>
    public static WebApplicationBuilder CreateBuilder(string name, string[] args, Action<IConfigurationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            Args = args,
            ApplicationName = name,
            ContentRootPath = AppContext.BaseDirectory,
        });
        configure?.Invoke(builder.Configuration);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Grpc", LogLevel.Warning).AddFilter("System.Net.Http", LogLevel.Warning)
            .AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.Critical); // not being ready yet is no error
        if (builder.Configuration["Logging:Format"] == "json")
        {
            builder.Logging.ClearProviders().AddJsonConsole();
        }

        var listen = builder.Configuration.GetSection(ListenOptions.Section).Get<ListenOptions>() ?? new ListenOptions();
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, listen));
        AddServices(builder, name);
        AddTelemetry(builder, name);
        return builder;
    }

    /// <summary>Builds it with health, reflection and metrics mapped.</summary>
    public static WebApplication BuildService(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (AccessTable.Faults.Count > 0)
        {
            throw new InvalidOperationException($"The contract does not say who may call what: {string.Join("; ", AccessTable.Faults)}.");
        }

        var app = builder.Build();
        app.UseMiddleware<RestGate>(app);
        app.MapRestPages();
        app.MapHealthChecks("/healthz", new HealthCheckOptions { Predicate = c => c.Tags.Contains(ReadinessTag) });
        app.MapGrpcHealthChecksService();
        app.MapGrpcReflectionService();
        var metricsPort = new Lazy<int?>(() => app.Endpoint(EndpointKind.Metrics)?.Port);
        app.UseOpenTelemetryPrometheusScrapingEndpoint(
            context => context.Request.Path == "/metrics" && context.Connection.LocalPort == metricsPort.Value);
        return app;
    }

    /// <summary>Where a started service listens; null when that endpoint is switched off.</summary>
    public static Uri? Endpoint(this WebApplication app, EndpointKind kind)
    {
        ArgumentNullException.ThrowIfNull(app);
        var listen = app.Configuration.GetSection(ListenOptions.Section).Get<ListenOptions>() ?? new ListenOptions();
        var on = new List<EndpointKind> { EndpointKind.Grpc };
        if (listen.Rest >= 0)
        {
            on.Add(EndpointKind.Rest);
        }

        if (listen.Metrics >= 0)
        {
            on.Add(EndpointKind.Metrics);
        }

        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.ToList() ?? [];
        var index = on.IndexOf(kind);
        return index >= 0 && index < addresses.Count ? new Uri(addresses[index].Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)) : null;
    }

    private static void Listen(KestrelServerOptions kestrel, ListenOptions listen)
    {
        var address = IPAddress.Parse(listen.Address);
        kestrel.Limits.MaxRequestBodySize = null; // gRPC streams live long; message sizes are bounded, and REST endpoints set their own
        kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
        kestrel.Limits.Http2.InitialConnectionWindowSize = 4 * 1024 * 1024;
        kestrel.Limits.Http2.InitialStreamWindowSize = 1024 * 1024;
        kestrel.Listen(address, listen.Grpc, o => o.Protocols = HttpProtocols.Http2);
        if (listen.Rest >= 0)
        {
            kestrel.Listen(address, listen.Rest, o => o.Protocols = HttpProtocols.Http1);
        }

        if (listen.Metrics >= 0)
        {
            kestrel.Listen(address, listen.Metrics, o => o.Protocols = HttpProtocols.Http1);
        }
    }

    private static void AddServices(WebApplicationBuilder builder, string name)
    {
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<RedisOptions>().BindConfiguration(RedisOptions.Section)
            .Validate(o => o.ConnectionString.Length > 0, "Redis:ConnectionString is not set: give it, such as redis:6379.").ValidateOnStart();
        services.AddOptions<ShardingOptions>().BindConfiguration(ShardingOptions.Section)
            .Validate(o => o.Count is >= 1 and <= 4096, "Sharding:Count must be 1..4096.").ValidateOnStart();
        services.AddOptions<ServiceTokenOptions>().BindConfiguration(ServiceTokenOptions.Section);
        services.AddSingleton<IValidateOptions<PeopleOptions>, PeopleOptionsCheck>();
        services.AddOptions<PeopleOptions>().BindConfiguration(PeopleOptions.Section).ValidateOnStart();
        services.AddSingleton(p => new KeySpace(p.GetRequiredService<IOptions<ShardingOptions>>().Value.Count));
        services.AddSingleton<RedisConnectionStore>();
        services.AddHostedService(p => p.GetRequiredService<RedisConnectionStore>());
        services.AddSingleton<OutboxReader>();
        services.AddSingleton<ApiKeyStore>();
        services.AddSingleton<ApiKeyVerifier>();
        services.AddSingleton<ServiceTokens>();
        services.AddSingleton<PeopleTokens>();
        services.AddSingleton<ProviderTokens>();
        services.AddSingleton<ExceptionInterceptor>();
        services.AddSingleton<AccessInterceptor>();
        services.AddSingleton(p => new ServiceChannels(
            name, p.GetRequiredService<IConfiguration>(), p.GetRequiredService<ServiceTokens>(), p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILoggerFactory>()));
        services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(25));
        services.AddGrpc(ConfigureGrpc).AddJsonTranscoding(o =>
        {
            o.TypeRegistry = RestErrors.Types;
            o.JsonSettings.WriteInt64sAsStrings = true; // as proto3 JSON has it: JavaScript numbers end at 2^53
        });
        services.AddGrpcReflection();
        services.AddHealthChecks()
            .AddCheck("self", () => HealthCheckResult.Healthy(), tags: [LivenessTag])
            .AddCheck<RedisHealthCheck>("redis", tags: [ReadinessTag]);
        services.AddGrpcHealthChecks(o =>
        {
            o.Services.Map("liveness", r => r.Tags.Contains(LivenessTag));
            o.Services.Map("readiness", r => r.Tags.Contains(ReadinessTag));
        });
        services.Configure<HealthCheckPublisherOptions>(o =>
        {
            o.Delay = TimeSpan.Zero;
            o.Period = TimeSpan.FromSeconds(5);
        });
    }

    private static void ConfigureGrpc(GrpcServiceOptions options)
    {
        options.MaxReceiveMessageSize = MaxMessageBytes;
        options.MaxSendMessageSize = 64 * 1024 * 1024;
        options.Interceptors.Add<ExceptionInterceptor>();
        options.Interceptors.Add<AccessInterceptor>();
    }

    private static void AddTelemetry(WebApplicationBuilder builder, string name)
    {
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(r => r.AddService(name, "moderation"))
            .WithMetrics(m => m.AddMeter(ModerationMeter.Name).AddAspNetCoreInstrumentation().AddRuntimeInstrumentation().AddPrometheusExporter());
        if (builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 })
        {
            telemetry
                .WithTracing(t => t.AddSource(ModerationMeter.Name).AddAspNetCoreInstrumentation().AddGrpcClientInstrumentation().AddOtlpExporter())
                .WithMetrics(m => m.AddOtlpExporter());
        }
    }
}

/// <summary>The endpoints of a service.</summary>
public enum EndpointKind
{
    /// <summary>gRPC over HTTP/2.</summary>
    Grpc,

    /// <summary>REST over HTTP/1.1.</summary>
    Rest,

    /// <summary>Metrics over HTTP/1.1.</summary>
    Metrics,
}
