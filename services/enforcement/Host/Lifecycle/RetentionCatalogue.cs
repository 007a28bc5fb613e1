using Microsoft.Extensions.Options;
using Moderation.Enforcement.Host.Bulk;
using Moderation.Enforcement.Host.ChildSafety;
using Moderation.Enforcement.Host.Decisions;
using Moderation.Enforcement.Host.Effects;
using Moderation.Enforcement.Host.Review;

namespace Moderation.Enforcement.Host.Lifecycle;

/// <summary>The retention table as this installation has it.</summary>
internal sealed class RetentionCatalogue
{
    /// <summary>Holds the settings against the table.</summary>
    /// <exception cref="InvalidOperationException">A setting is outside its bounds; the message names all of them.</exception>
    public RetentionCatalogue(IOptions<RetentionOptions> retention, IOptions<EffectOptions> effects, IOptions<ChildSafetyOptions> childSafety)
    {
        var options = retention.Value;
        Configured = new Dictionary<string, TimeSpan>(StringComparer.Ordinal)
        {
            ["Retention:WithoutMeasure"] = options.WithoutMeasure,
            ["Retention:WithMeasure"] = options.WithMeasure,
            ["Retention:LedgerEntry"] = options.LedgerEntry,
            ["Retention:Appeal"] = options.Appeal,
            ["Retention:Outbox"] = options.Outbox,
            ["Retention:Quarantine"] = options.Quarantine,
            ["Effects:GiveUpAfter"] = effects.Value.GiveUpAfter,
            ["ChildSafety:PreserveFor"] = childSafety.Value.PreserveFor,
            [Fixed("ClosedTask")] = ReviewTasks.ClosedKept,
            [Fixed("BulkJob")] = BulkJobStore.Kept,
            [Fixed("Erasure")] = ErasureStore.Kept,
            [Fixed("LegalHold")] = LegalHoldStore.Longest,
        };
        var faults = RetentionTable.Faults(Configured);
        if (faults.Count > 0)
        {
            throw new InvalidOperationException(string.Join(" ", faults));
        }
    }

    /// <summary>What is configured, or fixed in the code, by the table's name of it.</summary>
    public IReadOnlyDictionary<string, TimeSpan> Configured { get; }

    /// <summary>Whether a name of the table is no setting of the operator's.</summary>
    public static bool IsFixed(string setting) => setting.StartsWith(Fixed(""), StringComparison.Ordinal);

    private static string Fixed(string name) => "fixed:" + name;
}
