using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Moderation.ServiceDefaults.Telemetry;

/// <summary>The one meter and activity source of the suite. Each instrument has its row in telemetry.yaml; a test compares the two.</summary>
public static class ModerationMeter
{
    /// <summary>The name of the meter and of the activity source.</summary>
    public const string Name = "Moderation";

    private static readonly Meter Meter = new(Name);

    /// <summary>Spans of the suite's own work.</summary>
    public static readonly ActivitySource Activities = new(Name);

    /// <summary>Posts that came to ingest; tag result.</summary>
    public static readonly Counter<long> PostsSubmitted = Meter.CreateCounter<long>("moderation.post.submitted", "{post}");

    /// <summary>Posts whose decision ingest received; tag outcome.</summary>
    public static readonly Counter<long> PostsDecided = Meter.CreateCounter<long>("moderation.post.decided", "{post}");

    /// <summary>Seconds from intake to decision; tag outcome.</summary>
    public static readonly Histogram<double> PostDuration = Meter.CreateHistogram<double>("moderation.post.duration", "s");

    /// <summary>Posts taken in and not decided yet.</summary>
    public static readonly UpDownCounter<long> PostsInFlight = Meter.CreateUpDownCounter<long>("moderation.post.inflight", "{post}");

    /// <summary>Posts taken over from a dead replica.</summary>
    public static readonly Counter<long> PostsTakenOver = Meter.CreateCounter<long>("moderation.post.taken_over", "{post}");

    /// <summary>Posts put into quarantine.</summary>
    public static readonly Counter<long> PostsQuarantined = Meter.CreateCounter<long>("moderation.post.quarantined", "{post}");

    /// <summary>Signals that could not be had; tag source.</summary>
    public static readonly Counter<long> SignalsUnavailable = Meter.CreateCounter<long>("moderation.signal.unavailable", "{signal}");

    /// <summary>Decisions committed; tag outcome.</summary>
    public static readonly Counter<long> DecisionsCommitted = Meter.CreateCounter<long>("moderation.decision.committed", "{decision}");

    /// <summary>Calls that found their decision committed.</summary>
    public static readonly Counter<long> DecisionsRepeated = Meter.CreateCounter<long>("moderation.decision.repeated", "{decision}");

    /// <summary>Media hashed; tag result.</summary>
    public static readonly Counter<long> MediaHashed = Meter.CreateCounter<long>("moderation.media.hashed", "{medium}");

    /// <summary>Texts scored; tag result.</summary>
    public static readonly Counter<long> TextsClassified = Meter.CreateCounter<long>("moderation.text.classified", "{text}");

    /// <summary>Scores that clients of a drop-in endpoint suggested.</summary>
    public static readonly Counter<long> ScoresSuggested = Meter.CreateCounter<long>("moderation.text.score_suggested", "{text}");
}
