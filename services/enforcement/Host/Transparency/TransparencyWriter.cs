using System.Collections.Immutable;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.Enforcement.Host.Policies;

namespace Moderation.Enforcement.Host.Transparency;

/// <summary>Writes decisions for the DSA Transparency Database, from their records alone.</summary>
internal sealed class TransparencyWriter(PolicyCatalogue policies)
{
    /// <summary>The statements of a decision; none where it restricts nothing.</summary>
    public ImmutableArray<TransparencyStatement> Write(DecisionRecord record)
    {
        var (decision, facts) = (record.Decision, record.Inputs?.Facts ?? record.Verdict?.Facts);
        if (decision.Measures.Count == 0)
        {
            return [];
        }

        var origin = new DecisionOrigin(
            decision.Statement.AutomatedDetection, decision.Statement.AutomatedDecision, (DetectionSource)(record.Verdict?.Source ?? (int)DetectionSource.OwnInitiative));
        var statement = StatementBuilder.Build(
            new StatementRequest
            {
                Measures =
                [
                    .. decision.Measures.Select(m => new ExplainedMeasure(
                        (MeasureKind)m.Kind, (HarmCategory)m.Category, m.ClauseId, DecisionDraft.SubjectOf((HarmCategory)m.Category, decision, facts),
                        m.EndTime?.ToDateTimeOffset(), m.Feature, m.FromLadder)),
                ],
                Origin = origin,
                DecidedAt = decision.CreateTime.ToDateTimeOffset(),
                AuthorLanguage = "en",
                AfterAppeal = decision.Cause.StartsWith("appeal:", StringComparison.Ordinal),
            },
            policies.ClausesOf(decision));
        return TransparencyMapping.Map(new TransparencyFacts
        {
            DecisionId = decision.DecisionId,
            Statement = statement,
            Origin = origin,
            DecidedAt = decision.CreateTime.ToDateTimeOffset(),
            PublishedAt = (facts?.IntakeTime ?? decision.CreateTime).ToDateTimeOffset(),
            Content = [.. ContentOf(facts)],
            Language = record.Inputs?.Text?.Language is { Length: > 0 } found and not "und" ? found : facts?.Language ?? "",
        });
    }

    private static IEnumerable<TransparencyContent> ContentOf(Contracts.V1.PostFacts? facts)
    {
        if (facts is null || facts.TextLength > 0 || facts.MediaIds.Count == 0)
        {
            yield return TransparencyContent.Text;
        }

        if (facts?.MediaIds.Count > 0)
        {
            yield return TransparencyContent.Image;
        }
    }
}
