using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Moderation.Ingest.Host.Bridge;
using Moderation.Ingest.Host.Intake;
using Moderation.Ingest.Host.Media;
using Moderation.Ingest.Host.Pipeline;
using Moderation.Ingest.Host.Rpc;
using Moderation.Ingest.Host.Watch;
using Moderation.ServiceDefaults.Hosting;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Ingest.Host;

/// <summary>The ingest service.</summary>
public static class IngestHost
{
    /// <summary>Its name, as it is deployed.</summary>
    public const string Name = "ingest";

    /// <summary>Makes the service, ready to run.</summary>
    /// <param name="args">Command line, as configuration.</param>
    /// <param name="configure">Further configuration, which wins.</param>
    /// <param name="services">Further services, which win: a clock, for example.</param>
    public static WebApplication Create(string[] args, Action<IConfigurationBuilder>? configure = null, Action<IServiceCollection>? services = null)
    {
        var builder = ServiceHost.CreateBuilder(Name, args, configure);
        builder.Services.AddOptions<PipelineOptions>().BindConfiguration(PipelineOptions.Section)
            .Validate(o => o.IsValid(), "Pipeline: all values must be above zero, and ReplicaTimeout above SweepInterval.").ValidateOnStart();
        builder.Services.TryAddSingleton(Random.Shared);
        builder.Services.AddSingleton(new ReplicaName($"{Environment.MachineName}-{Ulid.NewUlid()}"));
        builder.Services.AddSingleton<PostOwnerStore>();
        builder.Services.AddSingleton<RequestIdStore>();
        builder.Services.AddSingleton<IntakeStore>();
        builder.Services.AddSingleton<MediaPresenceStore>();
        builder.Services.AddSingleton<Counters.ContentCounterStore>();
        builder.Services.AddSingleton<ServiceCallers>();
        builder.Services.AddSingleton<SignalFanOut>();
        builder.Services.AddSingleton<AbandonedWorkSweeper>();
        // Stopped in reverse order: the processor finishes what it took while the sweeper still says that this replica lives.
        builder.Services.AddHostedService(p => p.GetRequiredService<AbandonedWorkSweeper>());
        builder.Services.AddSingleton<PostProcessor>();
        builder.Services.AddHostedService(p => p.GetRequiredService<PostProcessor>());
        builder.Services.AddSingleton<PostIntake>();
        builder.Services.AddSingleton<MediaRelay>();
        builder.Services.AddSingleton<DecisionFeedOutbox>();
        builder.Services.AddSingleton<IngestRpc>();
        builder.Services.AddBridge(); // started last and stopped first: what it takes in still finds its processor
        services?.Invoke(builder.Services);
        var app = builder.BuildService();
        app.MapGrpcService<IngestRpc>();
        MediaUploadEndpoint.Map(app);
        return app;
    }
}
