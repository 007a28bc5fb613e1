using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Google.Protobuf;
using Moderation.Contracts.V1;

namespace Moderation.Ingest;

/// <summary>Decides whether two submissions are the same.</summary>
public static class PostContent
{
    /// <summary>
    /// The SHA-256 of the request as it counts: request_id and wait are how a call is made, not what is submitted, and revision 0 is 1.
    /// Deterministic, because protobuf writes the known fields of a message in order and the contract has no maps in it.
    /// </summary>
    public static string Hash(SubmitPostRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var post = request.Post.Clone();
        post.Revision = Revision(post);
        foreach (var medium in post.Media)
        {
            if (medium.SourceCase == Media.SourceOneofCase.InlineContent)
            {
                medium.MediaId = MediaId(medium.InlineContent.Span);
            }
        }

        return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(post.ToByteArray()).AsSpan(0, 16));
    }

    /// <summary>The same for posts with the same text and media, whoever posts them: 16 hexadecimal digits; empty for a post without either.</summary>
    public static string Fingerprint(Post post)
    {
        ArgumentNullException.ThrowIfNull(post);
        var content = string.Join('\n', post.Media.Select(m => m.MediaId).Prepend(post.Text));
        return content.Length == 0 ? "" : XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(content)).ToString("x16", CultureInfo.InvariantCulture);
    }

    /// <summary>The id of a medium, as media-hash gives it: m_ and the SHA-256 of the bytes.</summary>
    public static string MediaId(ReadOnlySpan<byte> bytes) => "m_" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));

    /// <summary>The revision as it counts: 0 is read as 1.</summary>
    public static long Revision(Post post)
    {
        ArgumentNullException.ThrowIfNull(post);
        return Math.Max(1, post.Revision);
    }
}
