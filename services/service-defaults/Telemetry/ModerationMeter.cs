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

    /// <summary>Rules that a breaker suspended; tag rule.</summary>
    public static readonly Counter<long> BreakersTripped = Meter.CreateCounter<long>("moderation.policy.breaker_tripped", "{rule}");

    /// <summary>Media hashed; tag result.</summary>
    public static readonly Counter<long> MediaHashed = Meter.CreateCounter<long>("moderation.media.hashed", "{medium}");

    /// <summary>New bank entries that matched more media than their budget and were switched off.</summary>
    public static readonly Counter<long> BankQuarantined = Meter.CreateCounter<long>("moderation.bank.quarantined", "{entry}");

    /// <summary>Texts scored; tag result.</summary>
    public static readonly Counter<long> TextsClassified = Meter.CreateCounter<long>("moderation.text.classified", "{text}");

    /// <summary>Audit entries sealed.</summary>
    public static readonly Counter<long> AuditSealed = Meter.CreateCounter<long>("moderation.audit.sealed", "{entry}");

    /// <summary>Audit entries that wait for their seal.</summary>
    public static readonly Gauge<long> AuditUnsealed = Meter.CreateGauge<long>("moderation.audit.unsealed", "{entry}");

    /// <summary>Age of the oldest of them.</summary>
    public static readonly Gauge<double> AuditSealAge = Meter.CreateGauge<double>("moderation.audit.seal_age", "s");

    /// <summary>Audit entries archived.</summary>
    public static readonly Counter<long> AuditArchived = Meter.CreateCounter<long>("moderation.audit.archived", "{entry}");

    /// <summary>Age of the oldest sealed entry that is not archived.</summary>
    public static readonly Gauge<double> AuditArchiveLag = Meter.CreateGauge<double>("moderation.audit.archive_lag", "s");

    /// <summary>Decisions that left the store; tag result.</summary>
    public static readonly Counter<long> DecisionsSettled = Meter.CreateCounter<long>("moderation.decision.settled", "{decision}");

    /// <summary>Events that a receiver took; tag sink.</summary>
    public static readonly Counter<long> EventsDelivered = Meter.CreateCounter<long>("moderation.delivery.delivered", "{event}");

    /// <summary>Attempts to deliver that failed; tags sink, cause.</summary>
    public static readonly Counter<long> DeliveriesFailed = Meter.CreateCounter<long>("moderation.delivery.failed", "{attempt}");

    /// <summary>Events that became dead letters; tag sink.</summary>
    public static readonly Counter<long> EventsDead = Meter.CreateCounter<long>("moderation.delivery.dead", "{event}");

    /// <summary>Seconds from when an event happened until a receiver took it; tag sink.</summary>
    public static readonly Histogram<double> DeliveryLag = Meter.CreateHistogram<double>("moderation.delivery.lag", "s");

    /// <summary>Gaps in the outbox that a receiver has to be told of; tag sink.</summary>
    public static readonly Counter<long> DeliveryResyncs = Meter.CreateCounter<long>("moderation.delivery.resync", "{gap}");

    /// <summary>Messages of a Dapr topic that came to ingest; tag result.</summary>
    public static readonly Counter<long> BridgeMessages = Meter.CreateCounter<long>("moderation.bridge.received", "{message}");

    /// <summary>Decisions of tenants that report effects of which something is unconfirmed.</summary>
    public static readonly Gauge<long> EffectsUnconfirmed = Meter.CreateGauge<long>("moderation.effect.unconfirmed", "{decision}");

    /// <summary>Those among them that should be confirmed by now.</summary>
    public static readonly Gauge<long> EffectsOverdue = Meter.CreateGauge<long>("moderation.effect.overdue", "{decision}");

    /// <summary>Records that the sweep removed; tag kind.</summary>
    public static readonly Counter<long> RecordsSwept = Meter.CreateCounter<long>("moderation.retention.swept", "{record}");

    /// <summary>Accounts erased.</summary>
    public static readonly Counter<long> AccountsErased = Meter.CreateCounter<long>("moderation.account.erased", "{account}");

    /// <summary>Past posts that look-backs compared.</summary>
    public static readonly Counter<long> LookbackCompared = Meter.CreateCounter<long>("moderation.lookback.compared", "{post}");

    /// <summary>Posts whose fingerprints could not be kept for look-back.</summary>
    public static readonly Counter<long> LookbackUnkept = Meter.CreateCounter<long>("moderation.lookback.unkept", "{post}");

    /// <summary>Scores that clients of a drop-in endpoint suggested.</summary>
    public static readonly Counter<long> ScoresSuggested = Meter.CreateCounter<long>("moderation.text.score_suggested", "{text}");

    /// <summary>Texts that came to a shadow model; tags model, result.</summary>
    public static readonly Counter<long> ShadowTexts = Meter.CreateCounter<long>("moderation.text.shadow_texts", "{text}");

    /// <summary>What shadow models scored; tags model, category.</summary>
    public static readonly Histogram<double> ShadowScore = Meter.CreateHistogram(
        "moderation.text.shadow_score", "1", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [.1, .2, .3, .4, .5, .6, .7, .8, .9] });

    /// <summary>How a shadow model agreed with the live one at a score of 0.5; tags model, category, result.</summary>
    public static readonly Counter<long> ShadowAgreement = Meter.CreateCounter<long>("moderation.text.shadow_agreement", "{text}");

    /// <summary>Text models that this replica is ordered to use and can't load.</summary>
    public static readonly Gauge<long> TextModelFaults = Meter.CreateGauge<long>("moderation.text.model_faults", "{model}");
}
