using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Moderation.ServiceDefaults.Hosting;

namespace Moderation.TextClassify.Host.Claims;

/// <summary>Polls the version of the fact-checks once a second.</summary>
internal sealed partial class ClaimReplica(ClaimCatalogueStore catalogue, TimeProvider time, ILogger<ClaimReplica> logger) : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Loads before the ports open, where the store can be reached.</summary>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (await catalogue.TryCatchUpAsync(cancellationToken) && catalogue.Snapshot is { } loaded) LogLoaded(loaded.All.Count, loaded.Index.Count, loaded.Version);
    }

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        var wasReached = true;
        do
        {
            var isReached = await catalogue.TryCatchUpAsync(stoppingToken);
            if (!isReached && wasReached) LogUnreachable(catalogue.Snapshot?.Version ?? -1);
            wasReached = isReached;
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(LogLevel.Information, "Loaded {Count} fact-checks, {Counting} of which count, at version {Version}")]
    private partial void LogLoaded(int count, int counting, long version);

    [LoggerMessage(LogLevel.Warning, "The fact-checks can't be read; matching goes on with version {Version}")]
    private partial void LogUnreachable(long version);
}

/// <summary>Ready once the fact-checks have been loaded.</summary>
internal sealed class ClaimHealthCheck(ClaimCatalogueStore catalogue) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(catalogue.Snapshot is null ? HealthCheckResult.Unhealthy("The fact-checks are not loaded yet.") : HealthCheckResult.Healthy());
}

/// <summary>Adds claim matching to the service.</summary>
internal static class ClaimRegistration
{
    public static IServiceCollection AddClaims(this IServiceCollection services)
    {
        services.AddOptions<ClaimOptions>().BindConfiguration(ClaimOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ClaimOptions>, Validation>();
        services.AddSingleton<ClaimStore>();
        services.AddSingleton<ClaimCatalogueStore>();
        services.AddSingleton<ClaimReplica>();
        services.AddHostedService(p => p.GetRequiredService<ClaimReplica>());
        services.AddSingleton<Rpc.ClaimRpc>();
        services.AddHealthChecks().AddCheck<ClaimHealthCheck>("claims", tags: [ServiceHost.ReadinessTag]);
        return services;
    }

    private sealed class Validation : IValidateOptions<ClaimOptions>
    {
        public ValidateOptionsResult Validate(string? name, ClaimOptions options) =>
            options.Problem() is { } problem ? ValidateOptionsResult.Fail(problem) : ValidateOptionsResult.Success;
    }
}
