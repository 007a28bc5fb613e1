namespace Moderation.Enforcement.Host.Decisions;

/// <summary>How long records stay in Redis. Section <c>Retention</c>.</summary>
internal sealed class RetentionOptions
{
    public const string Section = "Retention";

    /// <summary>A decision without a measure: at least 7 days, so that repeated calls find it.</summary>
    public TimeSpan WithoutMeasure { get; set; } = TimeSpan.FromDays(7);

    /// <summary>A decision with a measure: at least the six months in which it can be appealed and 30 days more.</summary>
    public TimeSpan WithMeasure { get; set; } = TimeSpan.FromDays(214);

    /// <summary>Events kept for each tenant and shard, about.</summary>
    public int OutboxLength { get; set; } = 2000;

    /// <summary>An entry of a ledger after its measures have ended and its strike counts no more: at least as long as it can be appealed.</summary>
    public TimeSpan LedgerEntry { get; set; } = TimeSpan.FromDays(214);

    /// <summary>An appeal, from when it is filed.</summary>
    public TimeSpan Appeal { get; set; } = TimeSpan.FromDays(428);

    /// <summary>An event of an outbox; whoever is away for longer has to read the state anew.</summary>
    public TimeSpan Outbox { get; set; } = TimeSpan.FromDays(30);

    /// <summary>A post in quarantine, with its text.</summary>
    public TimeSpan Quarantine { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How many keys one run of the sweep looks at, about; 1,000 or more. A run comes each minute.</summary>
    public int SweepKeys { get; set; } = 20_000;

    public bool IsValid() => WithoutMeasure >= TimeSpan.FromDays(7) && WithMeasure >= TimeSpan.FromDays(214) && OutboxLength >= 100 && SweepKeys >= 1000;
}
