namespace Moderation.MediaHash.Host.Pulling;

/// <summary>
/// Where hash lists come from: a directory, an HTTPS address, or a client of an exchange such as ThreatExchange or NCMEC, which would implement this over
/// its own API and answer what has changed as lines of a list.
/// </summary>
internal interface IHashListSource
{
    /// <summary>The lists that there are, those that have changed since their marks open; each is read before the next is asked for.</summary>
    /// <param name="marks">What each list was when it was last imported, by its id.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="IOException">The source can't be read now.</exception>
    IAsyncEnumerable<PulledList> ReadAsync(IReadOnlyDictionary<string, string> marks, CancellationToken cancellationToken);
}

/// <summary>A list that has changed.</summary>
/// <param name="Id">Its name at the source; tells lists apart.</param>
/// <param name="Mark">What it is now: an ETag, or length and time of change.</param>
/// <param name="IsCsv">CSV with a header, else NDJSON.</param>
/// <param name="Content">Its bytes, at their beginning; can be read twice.</param>
/// <param name="Signature">What was found beside it as its signature; null when nothing was.</param>
internal sealed record PulledList(string Id, string Mark, bool IsCsv, Stream Content, byte[]? Signature) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Content.DisposeAsync();
}
