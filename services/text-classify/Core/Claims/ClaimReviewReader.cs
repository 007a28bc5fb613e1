using System.Globalization;
using System.Text.Json;

namespace Moderation.TextClassify.Claims;

/// <summary>
/// Reads schema.org ClaimReview objects from JSON-LD, wherever they lie in it: alone, in a list, in a page's @graph, in a data feed. What
/// publishers really write is read leniently: strings for objects, lists of one, a numeric rating without words.
/// </summary>
public static class ClaimReviewReader
{
    /// <summary>ClaimReview objects at most.</summary>
    public const int Most = 1000;

    /// <summary>The fact-checks of a document, in its order; they are not checked yet.</summary>
    /// <exception cref="JsonException">It is no JSON, or is nested too deeply.</exception>
    public static IReadOnlyList<FactCheck> Read(string json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowTrailingCommas = true, MaxDepth = 64 });
        var found = new List<FactCheck>();
        Walk(document.RootElement, found);
        return found;
    }

    /// <summary>A host without "www.", lower case; empty where the address is none.</summary>
    public static string SiteOf(string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri)) return "";
        try
        {
            return uri.IdnHost.StartsWith("www.", StringComparison.Ordinal) ? uri.IdnHost[4..] : uri.IdnHost;
        }
        catch (UriFormatException)
        {
            return ""; // an address can be made of what no host may have in it
        }
    }

    private static void Walk(JsonElement element, List<FactCheck> found)
    {
        if (found.Count >= Most) return;
        switch (element.ValueKind)
        {
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray()) Walk(item, found);
                break;
            case JsonValueKind.Object when IsClaimReview(element):
                found.Add(Read(element));
                break;
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject()) Walk(property.Value, found);
                break;
        }
    }

    private static bool IsClaimReview(JsonElement element) => element.TryGetProperty("@type", out var type) && type.ValueKind switch
    {
        JsonValueKind.String => IsName(type),
        JsonValueKind.Array => type.EnumerateArray().Any(IsName),
        _ => false,
    };

    private static bool IsName(JsonElement type) => Text(type) is "ClaimReview" or "schema:ClaimReview" or "http://schema.org/ClaimReview" or "https://schema.org/ClaimReview";

    private static FactCheck Read(JsonElement review)
    {
        var author = Single(review, "author");
        var rating = Single(review, "reviewRating");
        var address = Text(Single(review, "url"));
        var site = SiteOf(author.ValueKind == JsonValueKind.Object ? Text(Single(author, "url")) : "");
        return new FactCheck(
            Text(Single(review, "claimReviewed")).Trim(),
            Text(Single(review, "headline")) is { Length: > 0 } headline ? headline : Text(Single(review, "name")),
            site.Length > 0 ? site : SiteOf(address),
            author.ValueKind == JsonValueKind.Object ? Text(Single(author, "name")) : Text(author),
            Rating(rating),
            address,
            Text(Single(review, "inLanguage")),
            DateTimeOffset.TryParse(Text(Single(review, "datePublished")), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null);
    }

    // Words where there are any. A bare number says false only at the worst end of its own scale.
    private static string Rating(JsonElement rating)
    {
        if (rating.ValueKind == JsonValueKind.String) return Text(rating);
        if (rating.ValueKind != JsonValueKind.Object) return "";
        if (Text(Single(rating, "alternateName")) is { Length: > 0 } words) return words;
        if (Text(Single(rating, "name")) is { Length: > 0 } name) return name;
        if (Number(Single(rating, "ratingValue")) is not { } value) return Text(Single(rating, "ratingValue"));
        var (worst, best) = (Number(Single(rating, "worstRating")) ?? 1, Number(Single(rating, "bestRating")) ?? 5);
        return best > worst && value <= worst ? "False" : string.Create(CultureInfo.InvariantCulture, $"{value} of {best}");
    }

    private static JsonElement Single(JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out var value)) return default;
        if (value.ValueKind == JsonValueKind.Array) return value.EnumerateArray().FirstOrDefault();
        return value;
    }

    private static string Text(JsonElement element)
    {
        try
        {
            return element.ValueKind switch
            {
                JsonValueKind.String => element.GetString() ?? "",
                JsonValueKind.Number => element.GetRawText(),
                JsonValueKind.Object when element.TryGetProperty("@value", out var value) => Text(value),
                _ => "",
            };
        }
        catch (InvalidOperationException)
        {
            return ""; // half a surrogate pair
        }
    }

    private static double? Number(JsonElement element) =>
        double.TryParse(Text(element), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
}
