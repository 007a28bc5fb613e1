using System.Text.Json;
using Moderation.MediaHash.Hashing;

namespace Moderation.MediaHash.Exchange;

/// <summary>
/// The hashes of a video's frames as lists write them: a JSON array of <c>"hash,quality,seconds"</c> or of objects with <c>pdq_hex</c> (or <c>pdq</c>) and
/// <c>quality</c>, or just hashes with commas between. Frames of poor quality are left out: they are never matched.
/// </summary>
internal static class VideoHashText
{
    /// <summary>The value of an entry; null when the text is none of these.</summary>
    public static string? ToValue(string text)
    {
        var frames = text.AsSpan().TrimStart().StartsWith('[') ? OfJson(text) : [.. text.Split(',').Select(hash => hash.Trim())];
        if (frames is null || frames.Count == 0 || !frames.TrueForAll(frame => PdqHash.TryParse(frame, out _)))
            return null;
        return string.Join(',', frames.Select(frame => frame.ToLowerInvariant()));
    }

    private static List<string>? OfJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var frames = new List<string>();
            foreach (var element in document.RootElement.EnumerateArray())
            {
                if (!TryRead(element, out var hash, out var quality))
                    return null;
                if (quality >= PdqFingerprint.MinMatchQuality)
                    frames.Add(hash);
            }
            return frames;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool TryRead(JsonElement element, out string hash, out int quality)
    {
        (hash, quality) = ("", 100);
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                var parts = element.GetString()!.Split(','); // a string has a value
                hash = parts[0].Trim();
                return parts.Length == 1 || int.TryParse(parts[1], out quality);
            case JsonValueKind.Object:
                hash = element.TryGetProperty("pdq_hex", out var hex) || element.TryGetProperty("pdq", out hex) ? hex.ToString() : "";
                return !element.TryGetProperty("quality", out var said) || (said.ValueKind == JsonValueKind.Number && said.TryGetInt32(out quality));
            default:
                return false;
        }
    }
}
