using System.Text;

namespace Moderation.TextClassify.Training;

/// <summary>One sentence of our own writing with its alternatives and slots.</summary>
/// <param name="Language">The folder's name.</param>
/// <param name="File">The file's name without ending.</param>
/// <param name="Topic">The heading.</param>
/// <param name="Positive">Bit i: label i holds.</param>
/// <param name="Known">Bit i: whether label i holds is known.</param>
/// <param name="Template">The line: <c>&lt;one|or|another&gt;</c> and <c>{slot}</c>s.</param>
/// <param name="Slots">The language's words for each slot.</param>
internal sealed record OwnFamily(
    string Language, string File, string Topic, byte Positive, byte Known, string Template, IReadOnlyDictionary<string, string[]> Slots)
{
    /// <summary>Draws one text.</summary>
    /// <exception cref="InvalidDataException">A bracket is not closed, or a slot has no words.</exception>
    public string Draw(ref SeededRandom random)
    {
        var chosen = Replace(Template, '<', '>', ref random, static (family, inside) => inside.Split('|'));
        return Replace(chosen, '{', '}', ref random, static (family, inside) =>
            family.Slots.GetValueOrDefault(inside) ?? throw family.Wrong($"slots.txt has no slot '{inside}'"));
    }

    private string Replace(string text, char open, char close, ref SeededRandom random, Func<OwnFamily, string, string[]> choices)
    {
        var result = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var start = text.IndexOf(open, at);
            if (start < 0) return result.Append(text, at, text.Length - at).ToString();
            var end = text.IndexOf(close, start);
            if (end < 0) throw Wrong($"'{open}' is not closed by '{close}'");
            var options = choices(this, text[(start + 1)..end]);
            result.Append(text, at, start - at).Append(options[random.Next(options.Length)]);
            at = end + 1;
        }
        return result.ToString();
    }

    private InvalidDataException Wrong(string what) => new($"Own writing, {Language}/{File}.txt, '{Template}': {what}.");
}
