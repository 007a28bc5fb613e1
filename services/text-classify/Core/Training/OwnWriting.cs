using Moderation.TextClassify.Models;

namespace Moderation.TextClassify.Training;

/// <summary>
/// The rows of our own writing: sentences with alternatives and slots, in the folder of the same name, expanded the same
/// way on every machine. Its README has format, making and rules.
/// </summary>
public static class OwnWriting
{
    /// <summary>The rows' source name.</summary>
    public const string Source = "own_writing";

    /// <summary>The licence of the texts.</summary>
    public const string Licence = "Apache-2.0";

    internal const int HarmfulTexts = 10;
    internal const int HarmlessTexts = 6;

    // Not the trainer's seed: what is held out stays held out.
    private const ulong Seed = 20;

    private static readonly Lazy<IReadOnlyList<OwnRow>> All = new(() => [.. Expand(OwnWritingFiles.Families())]);

    /// <summary>Every row, with the part that its family belongs to.</summary>
    internal static IReadOnlyList<OwnRow> Rows => All.Value;

    /// <summary>Expands families to rows; a text that an earlier family gave is left out.</summary>
    internal static IEnumerable<OwnRow> Expand(IEnumerable<OwnFamily> families)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var stratum in families.GroupBy(f => (f.Language, f.File, f.Positive)))
        {
            var rank = 0;
            foreach (var family in stratum.OrderBy(f => StableHash.Of(f.Template, Seed)).ThenBy(f => f.Template, StringComparer.Ordinal))
            {
                var part = (rank++ % 10) switch { 0 or 5 => DataPart.Test, 3 => DataPart.Calibration, _ => DataPart.Train };
                var wanted = family.Positive == 0 ? HarmlessTexts : HarmfulTexts;
                foreach (var text in Texts(family, wanted))
                {
                    if (!seen.Add(TextModelTrainer.ModelText(text))) continue;
                    yield return new OwnRow(family, new TrainingRow(Source, part, family.Language, family.Positive, family.Known, text));
                }
            }
        }
    }

    private static List<string> Texts(OwnFamily family, int wanted)
    {
        var random = new SeededRandom(StableHash.Of(family.Template, Seed + 1));
        var texts = new List<string>(wanted);
        for (var draw = 0; draw < wanted * 6 && texts.Count < wanted; draw++)
        {
            var text = family.Draw(ref random);
            if (!texts.Contains(text)) texts.Add(text);
        }
        return texts;
    }
}

/// <summary>One expanded text and the family it comes from.</summary>
internal sealed record OwnRow(OwnFamily Family, TrainingRow Row);
