using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Coordinator.Lightning.Rpc;

/// <summary>The server showed another certificate than the pinned one. Nothing was sent; repeating is useless.</summary>
internal sealed class WrongCertificateException(string detail) : AuthenticationException(detail);

/// <summary>Accepts exactly one certificate, by the SHA-256 of its whole DER: names, dates and chain do not matter.</summary>
/// <remarks>The file is read at each handshake, so a node that renewed its certificate needs no restart here.</remarks>
internal sealed class CertificatePin(string path)
{
    public bool Accept(object sender, X509Certificate? presented, X509Chain? chain, SslPolicyErrors errors)
    {
        if (presented is null)
        {
            throw new WrongCertificateException("the server showed no certificate");
        }

        byte[] expected;
        try
        {
            using var pinned = X509Certificate2.CreateFromPem(File.ReadAllText(path));
            expected = SHA256.HashData(pinned.RawData);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new WrongCertificateException($"the pinned certificate at '{path}' cannot be read: {e.Message}");
        }

        var shown = SHA256.HashData(presented.GetRawCertData());
        return CryptographicOperations.FixedTimeEquals(expected, shown)
            ? true
            : throw new WrongCertificateException(
                $"the server's certificate {Convert.ToHexStringLower(shown)} is not the pinned one {Convert.ToHexStringLower(expected)}");
    }
}
