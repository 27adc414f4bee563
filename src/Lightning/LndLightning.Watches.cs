using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Coordinator.Lightning.Rpc;
using Coordinator.Lightning.Wire.Invoicesrpc;
using Coordinator.Lightning.Wire.Lnrpc;
using Google.Protobuf;

namespace Coordinator.Lightning;

public sealed partial class LndLightning
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<Invoice> WatchInvoiceAsync(PaymentHash hash, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // OK is not "final": LND ends this stream with OK also when it stops. Only the last state says whether there is more to come.
        var request = new SubscribeSingleInvoiceRequest { RHash = ByteString.CopyFrom(hash.ToBytes()) };
        var messages = FollowAsync(LndMethods.SubscribeSingleInvoice, () => request, cancellation);
        await foreach (var wire in messages.WithCancellation(cancellation))
        {
            if (LndReading.ToInvoice(wire) is not { } invoice || invoice.Hash != hash)
            {
                continue;
            }

            yield return invoice;
            if (invoice.IsFinal)
            {
                yield break;
            }
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Invoice> WatchInvoicesAsync(
        ulong addIndex, ulong settleIndex, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var messages = FollowAsync(
            LndMethods.SubscribeInvoices, () => new InvoiceSubscription { AddIndex = addIndex, SettleIndex = settleIndex }, cancellation);
        await foreach (var wire in messages.WithCancellation(cancellation))
        {
            if (LndReading.ToInvoice(wire) is { } invoice)
            {
                yield return invoice;
                addIndex = Math.Max(addIndex, invoice.AddIndex);
                settleIndex = Math.Max(settleIndex, invoice.SettleIndex);
            }
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Payment> WatchPaymentAsync(PaymentHash hash, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var messages = FollowAsync(LndMethods.TrackPayment, () => Track(hash), cancellation);
        await foreach (var wire in messages.WithCancellation(cancellation))
        {
            if (LndReading.ToPayment(wire) is not { } payment || payment.Hash != hash)
            {
                continue;
            }

            yield return payment;
            if (payment.IsFinal)
            {
                yield break;
            }
        }
    }

    /// <summary>A stream that is opened again, with back-off, whenever it ends for a reason that may pass.</summary>
    private async IAsyncEnumerable<TResponse> FollowAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, Func<TRequest> request, [EnumeratorCancellation] CancellationToken cancellation)
        where TRequest : IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var pause = _options.FirstReconnectPause;
        while (true)
        {
            await using (var connection = new Following<TRequest, TResponse>(this, method, request()))
            {
                while (await connection.NextAsync(cancellation) is { } message)
                {
                    pause = _options.FirstReconnectPause;
                    yield return message;
                }
            }

            await Task.Delay(Jittered(pause), _clock, cancellation);
            pause = pause * 2 < _options.LongestReconnectPause ? pause * 2 : _options.LongestReconnectPause;
        }
    }

    /// <summary>Between one half and the whole of the pause, so that many watches do not come back in one step.</summary>
    private static TimeSpan Jittered(TimeSpan pause) => pause * (RandomNumberGenerator.GetInt32(500, 1001) / 1000.0);

    /// <summary>One life of a followed stream.</summary>
    private sealed class Following<TRequest, TResponse>(LndLightning owner, GrpcMethod<TRequest, TResponse> method, TRequest request)
        : IAsyncDisposable
        where TRequest : IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        private GrpcServerStream<TResponse>? _stream;

        /// <summary>The next message, or null when the stream ended and may be opened again.</summary>
        /// <exception cref="LightningWatchException">It ended for good.</exception>
        public async Task<TResponse?> NextAsync(CancellationToken cancellation)
        {
            try
            {
                _stream ??= await owner._channel.OpenAsync(method, request, cancellation);
                return await _stream.NextAsync(cancellation);
            }
            catch (Exception e) when (e is GrpcException or WrongCertificateException)
            {
                var reason = LndErrors.RefusalOf(e);
                if (reason is null or LightningRefusal.NodeNotReady)
                {
                    return null;
                }

                if (reason == LightningRefusal.Unauthorized)
                {
                    owner._macaroon.Forget();
                }

                throw new LightningWatchException(reason.Value, e.Message);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new LightningWatchException(LightningRefusal.Unauthorized, $"the macaroon file cannot be read: {e.Message}");
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (_stream is not null)
            {
                await _stream.DisposeAsync();
            }
        }
    }
}
