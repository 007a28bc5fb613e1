namespace Moderation.Ingest.Host.Pipeline;

/// <summary>How posts are worked on. Section <c>Pipeline</c>.</summary>
internal sealed class PipelineOptions
{
    public const string Section = "Pipeline";

    /// <summary>Posts in flight in this replica at most; more are refused with OVERLOADED before anything is kept.</summary>
    public int MaxInFlight { get; set; } = 8192;

    /// <summary>How long the signals of one post may take; what is not there by then is UNAVAILABLE.</summary>
    public TimeSpan SignalTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long one attempt to decide may take.</summary>
    public TimeSpan DecideTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long SubmitPost waits for the decision when the caller does not say.</summary>
    public TimeSpan DefaultWait { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Attempts after which an entry that fails for its own sake goes to quarantine: with the backoff, after about half a minute.</summary>
    public int MaxAttempts { get; set; } = 12;

    /// <summary>How often abandoned work is looked for.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Without a heartbeat for this long a replica counts as dead, and its work is taken over.</summary>
    public TimeSpan ReplicaTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Streams to each signal service.</summary>
    public int Streams { get; set; } = 2;

    /// <summary>
    /// Whether posts and accounts are counted by content and by link host, for rules that ask for <c>content.*</c> and <c>links.*</c>. Off, these rules do
    /// not fire. On, each new content and host keeps about a kilobyte for a day and 300 bytes for 40 days, and each post with a text costs Redis one script more.
    /// </summary>
    public bool CountContent { get; set; }

    public bool IsValid() => MaxInFlight > 0 && MaxAttempts > 0 && Streams > 0 && SignalTimeout > TimeSpan.Zero && DecideTimeout > TimeSpan.Zero
        && SweepInterval > TimeSpan.Zero && ReplicaTimeout > SweepInterval;
}
