namespace Moderation.Enforcement.Audit;

/// <summary>Splits a stream into lines; a line is valid until the next is asked for.</summary>
public static class NdjsonLines
{
    /// <summary>The lines of <paramref name="stream"/>, without their line feeds.</summary>
    /// <exception cref="InvalidDataException">A line is longer than <paramref name="longest"/> bytes, or the last one has no line feed.</exception>
    public static IEnumerable<ReadOnlyMemory<byte>> Read(Stream stream, int longest)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var buffer = new byte[64 * 1024];
        var (start, end) = (0, 0);
        while (true)
        {
            int length;
            while ((length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n')) >= 0)
            {
                yield return buffer.AsMemory(start, length);
                start += length + 1;
            }

            if (start > 0)
            {
                buffer.AsSpan(start, end - start).CopyTo(buffer);
                (start, end) = (0, end - start);
            }

            if (end == buffer.Length)
            {
                if (end >= longest)
                {
                    throw new InvalidDataException($"a line is longer than {longest} bytes");
                }

                Array.Resize(ref buffer, buffer.Length * 2);
            }

            var read = stream.Read(buffer, end, buffer.Length - end);
            if (read == 0)
            {
                if (end > 0)
                {
                    throw new InvalidDataException("the last line does not end");
                }

                yield break;
            }

            end += read;
        }
    }
}
