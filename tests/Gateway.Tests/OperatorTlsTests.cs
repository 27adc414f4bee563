using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Coordinator.Gateway.Tests.World;

namespace Coordinator.Gateway.Tests;

/// <summary>The operator's listener with a certificate.</summary>
public sealed class OperatorTlsTests
{
    [Fact]
    public async Task With_a_certificate_the_operators_listener_speaks_tls_and_nothing_else()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=operator", key, HashAlgorithmName.SHA256);
        var start = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var certificate = request.CreateSelfSigned(start, start.AddYears(100));
        var (certificateFile, keyFile) = (Path.GetTempFileName(), Path.GetTempFileName());
        try
        {
            await File.WriteAllTextAsync(certificateFile, certificate.ExportCertificatePem());
            await File.WriteAllTextAsync(keyFile, key.ExportPkcs8PrivateKeyPem());
            await using var world = await GatewayWorld.StartAsync(
                options => (options.OperatorCertificateFile, options.OperatorKeyFile) = (certificateFile, keyFile));
            Assert.Equal(Uri.UriSchemeHttps, world.Addresses.Operator.Scheme);
            using var handler = new SocketsHttpHandler();
            handler.SslOptions.RemoteCertificateValidationCallback =
                (_, presented, _, _) => presented?.GetCertHashString() == certificate.GetCertHashString();
            using var client = new HttpClient(handler);
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", GatewayWorld.Token);
            using var answer = await client.GetAsync(new Uri(world.Addresses.Operator, "/api/v1/wallet/balance"));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var clear = new UriBuilder(world.Addresses.Operator) { Scheme = "http", Path = "/api/v1/wallet/balance" }.Uri;
            await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(clear));
        }
        finally
        {
            File.Delete(certificateFile);
            File.Delete(keyFile);
        }
    }
}
