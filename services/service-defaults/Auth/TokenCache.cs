using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Moderation.ServiceDefaults.Auth;

/// <summary>Tokens whose signature was checked, until they end; a signature costs far more than a look-up.</summary>
internal sealed class TokenCache<T>
    where T : class
{
    private const int Size = 4096;
    private readonly ConcurrentDictionary<string, (T Content, DateTimeOffset End)> _seen = new(StringComparer.Ordinal);

    /// <summary>Whether the token was seen; <paramref name="content"/> is null when it has ended since.</summary>
    public bool TryGet(string token, DateTimeOffset now, [MaybeNullWhen(false)] out T? content)
    {
        var found = _seen.TryGetValue(token, out var seen);
        content = found && seen.End > now ? seen.Content : null;
        return found;
    }

    public void Add(string token, T content, DateTimeOffset end)
    {
        if (_seen.Count >= Size)
        {
            _seen.Clear();
        }

        _seen[token] = (content, end);
    }
}

/// <summary>When a token is good.</summary>
internal static class TokenLifetime
{
    // How far the clock that made a token may be ahead of ours. A token's end is never stretched.
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    public static bool IsNow(DateTime? from, DateTime? to, DateTimeOffset now) => (from is null || from <= (now + Skew).UtcDateTime) && to > now.UtcDateTime;
}
