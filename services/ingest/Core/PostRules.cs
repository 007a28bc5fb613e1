using System.Buffers;
using System.Text;
using Moderation.Contracts.V1;

namespace Moderation.Ingest;

/// <summary>What a post must be to be taken in. Pure: the same post always has the same violations.</summary>
public static class PostRules
{
    /// <summary>Code points of a text at most.</summary>
    public const int MaxTextCodePoints = 20_000;

    /// <summary>UTF-8 bytes of a text at most.</summary>
    public const int MaxTextBytes = 65_536;

    /// <summary>Media of a post at most.</summary>
    public const int MaxMedia = 16;

    /// <summary>Bytes of an inline medium at most.</summary>
    public const int MaxInlineBytes = 1024 * 1024;

    /// <summary>The highest revision: what the store's scripts can count to without rounding, 2^53 - 1.</summary>
    public const long MaxRevision = (1L << 53) - 1;

    private const int MostHosts = 4;
    private const int LongestHost = 253;
    private static readonly SearchValues<char> HostEnds = SearchValues.Create("/?#\\ \t\r\n\"'<>()[]{}|");
    private const int MaxLanguageLength = 35;
    private const int MaxReviewUrlLength = 2048;
    private const long MaxReach = 1_000_000_000_000;
    private static readonly SearchValues<char> IdCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-ABCDEFGHIJKLMNOPQRSTUVWXYZ._:");
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>All that is wrong with a request, as (field, what would be right).</summary>
    public static List<(string Field, string Description)> Violations(SubmitPostRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var found = new List<(string, string)>();
        if (request.Post is not { } post)
        {
            found.Add(("post", "is required"));
            return found;
        }

        Id(found, post.PostId, "post.post_id", required: true);
        Id(found, post.AccountId, "post.account_id", required: true);
        Id(found, post.ChannelId, "post.channel_id", required: false);
        Id(found, post.ReplyToPostId, "post.reply_to_post_id", required: false);
        Id(found, request.RequestId, "request_id", required: false);
        Require(found, post.Revision is >= 0 and <= MaxRevision, "post.revision", $"must be 1..{MaxRevision} (0 is read as 1)");
        Language(found, post.Language, "post.language");
        Language(found, post.AuthorLanguage, "post.author_language");
        Require(found, post.Reach is >= 0 and <= MaxReach, "post.reach", $"must be 0 (unknown) to {MaxReach}");
        ReviewUrl(found, post.ReviewUrl, "post.review_url");
        Text(found, post);
        // Not ToTimeSpan: a Duration whose parts differ in sign is malformed, and that throws.
        var wait = request.Wait;
        Require(found, wait is null || wait is { Seconds: >= 0 and < 10, Nanos: >= 0 and < 1_000_000_000 } or { Seconds: 10, Nanos: 0 },
            "wait", "must be 0..10 s");
        Require(found, post.Media.Count <= MaxMedia, "post.media", $"must hold at most {MaxMedia}");
        for (var i = 0; i < Math.Min(post.Media.Count, MaxMedia); i++)
        {
            Medium(found, post.Media[i], $"post.media[{i}]");
        }

        return found;
    }

    private static void Text(List<(string, string)> found, Post post)
    {
        if (post.Text.Length == 0)
        {
            Require(found, post.Media.Count > 0, "post.text", "is required when there is no media");
            return;
        }

        var bytes = Encoding.UTF8.GetByteCount(post.Text);
        Require(found, bytes <= MaxTextBytes, "post.text", $"must be at most {MaxTextBytes} bytes of UTF-8, is {bytes}");
        if (bytes <= MaxTextBytes)
        {
            var codePoints = CodePoints(post.Text);
            Require(found, codePoints <= MaxTextCodePoints, "post.text", $"must be at most {MaxTextCodePoints} code points, is {codePoints}");
        }
    }

    /// <summary>The number of Unicode code points of <paramref name="text"/>.</summary>
    public static int CodePoints(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var count = 0;
        foreach (var _ in text.EnumerateRunes())
        {
            count++;
        }

        return count;
    }

    /// <summary>The number of places in <paramref name="text"/> where http:// or https:// begins.</summary>
    public static int Links(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var count = 0;
        for (var at = text.IndexOf("://", StringComparison.Ordinal); at >= 0; at = text.IndexOf("://", at + 3, StringComparison.Ordinal))
        {
            var before = text.AsSpan(0, at);
            if (before.EndsWith("http", StringComparison.OrdinalIgnoreCase) || before.EndsWith("https", StringComparison.OrdinalIgnoreCase))
            {
                count++;
            }
        }

        return count;
    }

    /// <summary>The hosts of the first links, in lower case and each once, at most <see cref="MostHosts"/>: more would let one post cost a lot.</summary>
    public static IReadOnlyList<string> LinkHosts(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var hosts = new List<string>();
        for (var at = text.IndexOf("://", StringComparison.Ordinal); at >= 0 && hosts.Count < MostHosts; at = text.IndexOf("://", at + 3, StringComparison.Ordinal))
        {
            var before = text.AsSpan(0, at);
            if (!before.EndsWith("http", StringComparison.OrdinalIgnoreCase) && !before.EndsWith("https", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            var rest = text.AsSpan(at + 3);
            var end = rest.IndexOfAny(HostEnds);
            var authority = end < 0 ? rest : rest[..end];
            var host = authority[(authority.LastIndexOf('@') + 1)..];
            var port = host.IndexOf(':');
            var name = (port < 0 ? host : host[..port]).TrimEnd('.').ToString().ToLowerInvariant();
            if (name.Length is > 0 and <= LongestHost && !hosts.Contains(name))
            {
                hosts.Add(name);
            }
        }

        return hosts;
    }

    private static void Medium(List<(string, string)> found, Media medium, string field)
    {
        switch (medium.SourceCase)
        {
            case Media.SourceOneofCase.MediaId:
                var isMediaId = medium.MediaId.Length == 66 && medium.MediaId.StartsWith("m_", StringComparison.Ordinal)
                    && !medium.MediaId.AsSpan(2).ContainsAnyExcept(HexDigits);
                Require(found, isMediaId, field + ".media_id", "must be what UploadMedia answered: m_ and 64 hexadecimal digits");
                break;
            case Media.SourceOneofCase.InlineContent:
                Require(found, medium.InlineContent.Length is > 0 and <= MaxInlineBytes, field + ".inline_content",
                    $"must be 1..{MaxInlineBytes} bytes; upload larger media with UploadMedia");
                break;
            default:
                found.Add((field, "must have media_id or inline_content"));
                break;
        }

        ReviewUrl(found, medium.ReviewUrl, field + ".review_url");
    }

    private static void ReviewUrl(List<(string, string)> found, string value, string field)
        => Require(found, value.Length == 0
            || (value.Length <= MaxReviewUrlLength && Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps),
            field, $"must be an https address of at most {MaxReviewUrlLength} characters");

    private static void Id(List<(string, string)> found, string value, string field, bool required)
    {
        if (value.Length == 0 && !required)
        {
            return;
        }

        Require(found, value.Length is > 0 and <= 128 && !value.AsSpan().ContainsAnyExcept(IdCharacters), field,
            "must be 1..128 characters of A-Z a-z 0-9 . _ : -");
    }

    private static void Language(List<(string, string)> found, string value, string field)
        => Require(found, value.Length <= MaxLanguageLength && value.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'),
            field, "must be a BCP 47 tag such as en or pt-BR, at most 35 characters");

    private static void Require(List<(string, string)> found, bool holds, string field, string description)
    {
        if (!holds)
        {
            found.Add((field, description));
        }
    }
}
