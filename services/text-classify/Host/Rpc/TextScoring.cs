using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Telemetry;
using Moderation.TextClassify.Detectors;
using Moderation.TextClassify.Host.Models;
using Moderation.TextClassify.Models;

namespace Moderation.TextClassify.Host.Rpc;

/// <summary>Runs the detectors over a text and says in the contract's terms what they found.</summary>
internal sealed class TextScoring(IEnumerable<IDetector> detectors, LoadedTextModel model)
{
    private readonly IDetector[] _detectors = [.. detectors];

    public TextSignals Score(ClassifyTextRequest request)
    {
        var signals = new TextSignals { ModelVersion = model.Version, Language = "und" };
        var text = TextUnderReview.Prepare(request.Text, request.Language);
        if (text.Normalized.Text.Length == 0)
        {
            signals.Status = SignalStatus.NotApplicable;
            Count("empty");
            return signals;
        }
        signals.Status = SignalStatus.Available;
        signals.Language = text.Language.Tag;
        var findings = new TextFindings();
        foreach (var detector in _detectors) detector.Run(text, findings);
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

    /// <summary>The harm that a label stands for. There is no label for child sexual exploitation or false claims.</summary>
    internal static HarmCategory Category(TextLabel label) => label switch
    {
        TextLabel.Violence => HarmCategory.Violence,
        TextLabel.ViolentExtremism => HarmCategory.ViolentExtremism,
        TextLabel.Sexual => HarmCategory.SexualContent,
        TextLabel.FraudSpam => HarmCategory.FraudSpam,
        TextLabel.Hate => HarmCategory.Hate,
        TextLabel.Harassment => HarmCategory.Harassment,
        TextLabel.SelfHarm => HarmCategory.SelfHarm,
        _ => throw new ArgumentOutOfRangeException(nameof(label), label, "The label has no category."),
    };

    private static void Count(string result) => ModerationMeter.TextsClassified.Add(1, new KeyValuePair<string, object?>("result", result));
}
