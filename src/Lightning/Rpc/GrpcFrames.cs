using System.Buffers.Binary;
using Google.Protobuf;

namespace Coordinator.Lightning.Rpc;

/// <summary>The gRPC message frame: one compressed flag (0), four bytes of big-endian length, the message. Client and simulator share
/// it.</summary>
internal static class GrpcFrames
{
    public const int HeaderSize = 5;

    /// <summary>One message as a whole frame.</summary>
    public static byte[] Encode(IMessage message)
    {
        var size = message.CalculateSize();
        var frame = new byte[HeaderSize + size];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), size);
        message.WriteTo(frame.AsSpan(HeaderSize));
        return frame;
    }

    /// <summary>Reads one frame's message bytes, or null at a clean end of the stream.</summary>
    /// <exception cref="InvalidDataException">Compressed, longer than <paramref name="most"/>, or cut inside a frame.</exception>
    public static async ValueTask<byte[]?> ReadAsync(Stream stream, int most, CancellationToken cancellation)
    {
        var header = new byte[HeaderSize];
        var read = await stream.ReadAtLeastAsync(header, HeaderSize, throwOnEndOfStream: false, cancellation);
        if (read == 0)
        {
            return null;
        }

        if (read < HeaderSize)
        {
            throw new InvalidDataException("the stream ended inside a frame header");
        }

        if (header[0] != 0)
        {
            throw new InvalidDataException("a compressed frame was not asked for");
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(1));
        if (length > (uint)most)
        {
            throw new InvalidDataException($"a frame of {length} bytes is over the limit of {most}");
        }

        var body = new byte[(int)length];
        if (await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellation) < body.Length)
        {
            throw new InvalidDataException("the stream ended inside a frame");
        }

        return body;
    }
}
