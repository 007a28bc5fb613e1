using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Standing;

namespace Moderation.Enforcement.Host.Effects;

/// <summary>What a decision asks of the platform, and what has become of it. Pure.</summary>
internal static class EffectRules
{
    /// <summary>The effects of a decision: its measures, the measures that it ends, its notice.</summary>
    /// <param name="decision">The decision.</param>
    /// <param name="reported">What was reported so far.</param>
    /// <param name="ledger">The account's ledger, which says whether a measure is still wanted.</param>
    /// <param name="now">The time.</param>
    public static IReadOnlyList<Effect> Of(Decision decision, EffectsRecord reported, AccountLedger ledger, DateTimeOffset now)
    {
        var entry = ledger.Find(decision.DecisionId);
        var effects = new List<Effect>();
        for (var i = 0; i < decision.Measures.Count; i++)
        {
            var over = entry is not null && i < entry.Measures.Length && !entry.Measures[i].IsOpen(now);
            effects.Add(Find(reported, EffectKind.Applied, decision.Measures[i].MeasureId, over));
        }

        effects.AddRange(decision.RevertedMeasures.Select(m => Find(reported, EffectKind.Reverted, m.MeasureId, moot: false)));
        if (decision.Notice is not null)
        {
            effects.Add(Find(reported, EffectKind.NoticeDelivered, "", moot: false));
        }

        return effects;
    }

    /// <summary>Whether nothing is left to confirm.</summary>
    public static bool IsSettled(IEnumerable<Effect> effects) => effects.All(e => e.State is EffectState.Confirmed or EffectState.Moot);

    /// <summary>What is left to confirm.</summary>
    public static IEnumerable<Effect> Unconfirmed(IEnumerable<Effect> effects) => effects.Where(e => e.State is EffectState.Waiting or EffectState.Failed);

    /// <summary>Adds a report. A confirmation is final; the same failure again changes nothing.</summary>
    /// <returns>Whether anything changed.</returns>
    public static bool Merge(EffectsRecord reported, EffectReport report, DateTimeOffset now)
    {
        var known = reported.Effects.FirstOrDefault(e => e.Kind == report.Kind && e.MeasureId == report.MeasureId);
        if (known is { State: EffectState.Confirmed } || (known is not null && report.Failed && known.Reason == report.Reason))
        {
            return false;
        }

        if (known is null)
        {
            known = new Effect { Kind = report.Kind, MeasureId = report.MeasureId };
            reported.Effects.Add(known);
        }

        known.State = report.Failed ? EffectState.Failed : EffectState.Confirmed;
        known.Reason = report.Reason;
        known.ReportTime = Timestamp.FromDateTimeOffset(now);
        return true;
    }

    private static Effect Find(EffectsRecord reported, EffectKind kind, string measureId, bool moot)
    {
        var known = reported.Effects.FirstOrDefault(e => e.Kind == kind && e.MeasureId == measureId)?.Clone()
            ?? new Effect { Kind = kind, MeasureId = measureId, State = EffectState.Waiting };
        if (moot && known.State != EffectState.Confirmed)
        {
            known.State = EffectState.Moot;
        }

        return known;
    }
}
