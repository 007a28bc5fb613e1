namespace Moderation.Enforcement.Host.Bulk;

/// <summary>How much may be decided at once. Section <c>Bulk</c>.</summary>
internal sealed class BulkOptions
{
    public const string Section = "Bulk";

    /// <summary>The largest number of decisions of one job, 1..100,000.</summary>
    public int Cap { get; set; } = 10_000;

    public bool IsValid() => Cap is >= 1 and <= 100_000;
}
