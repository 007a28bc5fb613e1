namespace Moderation.Client.Sample;

/// <summary>Tells the suite that a measure was applied and its notice shown.</summary>
public interface IEffectReporter
{
    /// <summary>Reports what became of a post.</summary>
    Task ReportAsync(SamplePost applied, CancellationToken cancellationToken);
}

/// <summary>Writes effects to the log, for an installation without the RPC that takes them.</summary>
public sealed class LoggedEffects(ILogger<LoggedEffects> logger) : IEffectReporter
{
    /// <inheritdoc />
    public Task ReportAsync(SamplePost applied, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(applied);
        LoggerMessages.Applied(logger, applied.PostId, applied.DecisionId, string.Join(", ", applied.Measures));
        return Task.CompletedTask;
    }
}

internal static partial class LoggerMessages
{
    [LoggerMessage(LogLevel.Information, "Applied to {PostId} by {DecisionId}: {Measures}")]
    public static partial void Applied(ILogger logger, string postId, string decisionId, string measures);

    [LoggerMessage(LogLevel.Warning, "{Count} events were missed: the posts have to be read anew")]
    public static partial void Resync(ILogger logger, long count);
}
