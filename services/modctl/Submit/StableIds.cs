using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Moderation.ModCtl.Submit;

/// <summary>Ids for rows without one: made of the file's name and the row alone, so that a second run is about the same posts.</summary>
internal static class StableIds
{
    private const int HashCharacters = 16;

    /// <summary>The id of a row: <c>f-&lt;hash of the file's name&gt;-&lt;row&gt;</c>.</summary>
    /// <param name="file">Path of the file; only its last part counts.</param>
    /// <param name="row">The row, from 1.</param>
    public static string OfRow(string file, long row) => string.Create(CultureInfo.InvariantCulture, $"f-{Hash(Path.GetFileName(file))}-{row}");

    /// <summary>The id of a picture: of its folder's name and its path in it.</summary>
    public static string OfPicture(string folder, string relativePath)
        => $"p-{Hash(Path.GetFileName(folder))}-{Hash(relativePath.Replace(Path.DirectorySeparatorChar, '/'))}";

    /// <summary>An account of its own for a post that names none, so that counters of accounts do not see one author behind a whole file.</summary>
    public static string Account(string postId) => $"a-{Hash(postId)}";

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..HashCharacters];
}
