using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Moderation.ServiceDefaults.Hosting;

namespace Moderation.TextClassify.Host.Claims;

/// <summary>Follows the fact-checks.</summary>
internal sealed partial class ClaimReplica(ClaimCatalogueStore catalogue, TimeProvider time, ILogger<ClaimReplica> logger) : PollingReplica(time)
{
    /// <inheritdoc/>
    protected override async Task<bool> TryCatchUpAsync(CancellationToken cancellationToken)
    {
        var wasLoaded = catalogue.Snapshot is not null;
        var isReached = await catalogue.TryCatchUpAsync(cancellationToken);
        if (!wasLoaded && catalogue.Snapshot is { } loaded) LogLoaded(loaded.All.Count, loaded.Index.Count, loaded.Version);
        return isReached;
    }

    /// <inheritdoc/>
    protected override void SayUnreachable() => LogUnreachable(catalogue.Snapshot?.Version ?? -1);

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
