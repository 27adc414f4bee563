using System.Net;
using System.Net.Sockets;
using Coordinator.Players.Wire;
using Coordinator.Testing;

namespace Coordinator.Players.Tests;

/// <summary>A service that is killed and comes back, as a player's HTTP sees it.</summary>
public sealed class PatientHttpTests
{
    [Theory]
    [InlineData("refused")]
    [InlineData("cut in an answer")]
    [InlineData("cut before the request")]
    [InlineData("no answer")]
    [InlineData("starting")]
    public async Task A_service_that_is_away_is_asked_again(string how)
    {
        var clock = new ManualTimeProvider();
        using var service = new Away(how);
        using var http = new HttpClient(service, disposeHandler: false);
        var asked = new PatientHttp(http, clock).SendAsync(HttpMethod.Get, new Uri("http://127.0.0.1:9/"), null, "text/plain", null, CancellationToken.None);
        while (!asked.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        Assert.Equal((200, 4), ((await asked).Status, service.Asked));
    }

    /// <summary>Three times away, then there.</summary>
    private sealed class Away(string how) : HttpMessageHandler
    {
        public int Asked { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            => ++Asked > 3 ? Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)) : how switch
            {
                "refused" => throw new HttpRequestException(HttpRequestError.ConnectionError),
                "cut in an answer" => throw new IOException(how),
                "cut before the request" => throw new SocketException((int)SocketError.NotConnected),
                "no answer" => throw new TaskCanceledException(how),
                _ => Task.FromResult(new HttpResponseMessage(HttpStatusCode.ServiceUnavailable)),
            };
    }
}
