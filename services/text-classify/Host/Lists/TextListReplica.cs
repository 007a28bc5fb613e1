using Microsoft.Extensions.Diagnostics.HealthChecks;
using Moderation.ServiceDefaults.Hosting;
using Moderation.TextClassify.Lists;

namespace Moderation.TextClassify.Host.Lists;

/// <summary>Follows the lists.</summary>
internal sealed partial class TextListReplica(TextListFeedStore feed, TextListIndex index, TimeProvider time, ILogger<TextListReplica> logger) : PollingReplica(time)
{
    /// <inheritdoc/>
    protected override async Task<bool> TryCatchUpAsync(CancellationToken cancellationToken)
    {
        var wasLoaded = feed.Version >= 0;
        var isReached = await feed.TryCatchUpAsync(cancellationToken);
        if (!wasLoaded && feed.Version >= 0) LogLoaded(index.Count, feed.Version);
        return isReached;
    }

    /// <inheritdoc/>
    protected override void SayUnreachable() => LogUnreachable(feed.Version);

    [LoggerMessage(LogLevel.Information, "Loaded {Count} list entries at version {Version}")]
    private partial void LogLoaded(int count, long version);

    [LoggerMessage(LogLevel.Warning, "The lists can't be read; matching goes on with version {Version}")]
    private partial void LogUnreachable(long version);
}

/// <summary>Ready once the lists have been loaded: before that, every text would pass as unlisted.</summary>
internal sealed class TextListHealthCheck(TextListFeedStore feed) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(feed.Version >= 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The lists are not loaded yet."));
}

/// <summary>Adds the lists to the service.</summary>
internal static class TextListRegistration
{
    public static IServiceCollection AddTextLists(this IServiceCollection services)
    {
        services.AddSingleton<TextListIndex>();
        services.AddSingleton<TextListStore>();
        services.AddSingleton<TextListFeedStore>();
        services.AddSingleton<TextListReplica>();
        services.AddHostedService(p => p.GetRequiredService<TextListReplica>());
        services.AddSingleton<Rpc.TextListRpc>();
        services.AddHealthChecks().AddCheck<TextListHealthCheck>("lists", tags: [ServiceHost.ReadinessTag]);
        return services;
    }
}
