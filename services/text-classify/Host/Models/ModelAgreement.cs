using Moderation.Contracts.V1;
using Moderation.TextClassify.Host.Rpc;
using Moderation.TextClassify.Models;

namespace Moderation.TextClassify.Host.Models;

/// <summary>How two models agree, from counts of their scores in tenths.</summary>
internal static class ModelAgreement
{
    /// <summary>One for each label that at least one of the two has scored.</summary>
    /// <param name="counted">The counts.</param>
    /// <param name="tenth">The tenth from which on a text counts as flagged, 1 to 9.</param>
    public static IEnumerable<TextModelAgreement> Of(StoredFigures counted, int tenth)
    {
        for (var label = 0; label < TextLabels.Count; label++)
        {
            var agreement = new TextModelAgreement
            {
                Category = TextScoring.Category((TextLabel)label),
                LiveOnlyScored = counted[ShadowFigures.LiveOnlyField(label)],
                ShadowOnlyScored = counted[ShadowFigures.ShadowOnlyField(label)],
            };
            var (live, shadow) = (new long[ShadowFigures.Bins], new long[ShadowFigures.Bins]);
            for (var i = 0; i < ShadowFigures.Bins; i++)
            {
                for (var j = 0; j < ShadowFigures.Bins; j++)
                {
                    var count = counted[ShadowFigures.JointField(label, i, j)];
                    live[i] += count;
                    shadow[j] += count;
                    agreement.BothScored += count;
                    if (i >= tenth && j >= tenth) agreement.BothFlagged += count;
                    else if (i >= tenth) agreement.LiveOnlyFlagged += count;
                    else if (j >= tenth) agreement.ShadowOnlyFlagged += count;
                }
            }
            if (agreement.BothScored + agreement.LiveOnlyScored + agreement.ShadowOnlyScored == 0) continue;
            agreement.LiveScores.AddRange(live);
            agreement.ShadowScores.AddRange(shadow);
            if (agreement.BothScored > 0) (agreement.Agreement, agreement.Kappa) = Agreement(agreement);
            yield return agreement;
        }
    }

    // Cohen (1960): how far agreement goes beyond what the two rates of flagging would give by chance.
    private static (double Agreement, double Kappa) Agreement(TextModelAgreement a)
    {
        double all = a.BothScored;
        var agreed = (all - a.LiveOnlyFlagged - a.ShadowOnlyFlagged) / all;
        var (live, shadow) = ((a.BothFlagged + a.LiveOnlyFlagged) / all, (a.BothFlagged + a.ShadowOnlyFlagged) / all);
        var chance = live * shadow + (1 - live) * (1 - shadow);
        return (agreed, chance < 1 ? (agreed - chance) / (1 - chance) : 0);
    }
}
