using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Telemetry;
using Moderation.TextClassify.Detectors;
using Moderation.TextClassify.Host.Claims;
using Moderation.TextClassify.Host.Lists;
using Moderation.TextClassify.Host.Models;
using Moderation.TextClassify.Lists;
using Moderation.TextClassify.Models;

namespace Moderation.TextClassify.Host.Rpc;

/// <summary>Runs the live model and the detectors over a text and says in the contract's terms what they found.</summary>
internal sealed class TextScoring(
    IEnumerable<IDetector> detectors, ServedTextModels models, ShadowScoring shadows, TextListIndex lists, TextListFeedStore feed, ClaimCatalogueStore claims, TimeProvider time)
{
    private const float ClaimFrom = 0.5f;
    private const int MaxClaims = 16;

    private readonly IDetector[] _detectors = [.. detectors];

    /// <summary>Scores a post's text; shadows score it as well.</summary>
    public ValueTask<TextSignals> ScoreAsync(ClassifyTextRequest request, CancellationToken cancellationToken) =>
        ScoreAsync(TextUnderReview.Prepare(request.Text, request.Language), request.Text, request.TenantId, isPost: true, cancellationToken);

    /// <summary>The same of a text that is prepared.</summary>
    public async ValueTask<TextSignals> ScoreAsync(TextUnderReview text, string submitted, string tenantId, bool isPost, CancellationToken cancellationToken)
    {
        var signals = new TextSignals { ModelVersion = models.Live.Version, Language = "und", ListVersion = Math.Max(0, feed.Version) };
        if (text.Normalized.Text.Length == 0)
        {
            signals.Status = signals.ClaimStatus = SignalStatus.NotApplicable;
            Count("empty");
            return signals;
        }
        signals.Status = SignalStatus.Available;
        signals.Language = text.Language.Tag;
        signals.ListHits.AddRange(lists.Match(submitted, text.Normalized, tenantId, time.GetUtcNow()).Select(h => h.ToContract()));
        AddClaims(submitted, signals);
        var findings = new TextFindings();
        var (outcome, model) = await models.ScoreAsync(text, submitted, passages: true, findings, cancellationToken);
        signals.ModelVersion = model.Version;
        if (outcome != ScoringOutcome.Done)
        {
            // What lists and claims found stays: it was had.
            signals.Status = SignalStatus.Unavailable;
            Count("unavailable");
            return signals;
        }
        foreach (var detector in _detectors) detector.Run(text, findings);
        if (isPost) shadows.Offer(text, submitted, findings, model);
        if (!findings.Scored)
        {
            signals.OutOfDomain = true;
            Count("out_of_domain");
            return signals;
        }
        for (var label = 0; label < TextLabels.Count; label++)
        {
            if (!findings.HasScore((TextLabel)label)) continue;
            signals.Scores.Add(new CategoryScore { Category = Category((TextLabel)label), Score = findings.Scores[label] });
        }
        foreach (var passage in findings.Passages)
            signals.Spans.Add(new TextSpan { Category = Category(passage.Label), Start = passage.Start, End = passage.End, Contribution = passage.Contribution });
        Count("scored");
        return signals;
    }

    private void AddClaims(string submitted, TextSignals signals)
    {
        if (claims.Snapshot is not { } known)
        {
            signals.ClaimStatus = SignalStatus.Unavailable;
            return;
        }
        signals.ClaimVersion = known.Version;
        signals.ClaimStatus = known.Index.Count > 0 ? SignalStatus.Available : SignalStatus.NotApplicable;
        foreach (var (check, probability) in known.Index.Match(submitted, MaxClaims).TakeWhile(m => m.Probability >= ClaimFrom))
        {
            signals.ClaimMatches.Add(new ClaimMatch
            {
                ClaimId = check.ClaimId,
                Score = probability,
                Publisher = check.PublisherName.Length > 0 ? check.PublisherName : check.PublisherSite,
                Rating = check.Rating,
                Address = check.Address,
            });
        }
    }

    /// <summary>The harm that a label stands for. There is no label for child sexual exploitation or false claims.</summary>
    internal static Contracts.V1.HarmCategory Category(TextLabel label) => label switch
    {
        TextLabel.Violence => Contracts.V1.HarmCategory.Violence,
        TextLabel.ViolentExtremism => Contracts.V1.HarmCategory.ViolentExtremism,
        TextLabel.Sexual => Contracts.V1.HarmCategory.SexualContent,
        TextLabel.FraudSpam => Contracts.V1.HarmCategory.FraudSpam,
        TextLabel.Hate => Contracts.V1.HarmCategory.Hate,
        TextLabel.Harassment => Contracts.V1.HarmCategory.Harassment,
        TextLabel.SelfHarm => Contracts.V1.HarmCategory.SelfHarm,
        _ => throw new ArgumentOutOfRangeException(nameof(label), label, "The label has no category."),
    };

    private static void Count(string result) => ModerationMeter.TextsClassified.Add(1, new KeyValuePair<string, object?>("result", result));
}
