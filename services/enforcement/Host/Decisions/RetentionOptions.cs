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

    public bool IsValid() => WithoutMeasure >= TimeSpan.FromDays(7) && WithMeasure >= TimeSpan.FromDays(214) && OutboxLength >= 100;
}
