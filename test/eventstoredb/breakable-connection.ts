import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A port on loopback that leads to another one, until somebody pulls the cable. */
export interface BreakableConnection {
  readonly port: number;
  /** Breaks what is connected now; new connections work. */
  cut(): void;
  /** Breaks what is connected and refuses what is new, until `end` is called. */
  interrupt(): Interruption;
  close(): Promise<void>;
}

export interface Interruption {
  /** Somebody has tried to connect meanwhile. */
  readonly tried: Promise<unknown>;
  end(): void;
}

export async function openBreakableConnection(target: { host: string; port: number }): Promise<BreakableConnection> {
  const sockets = new Set<Socket>();
  const track = (socket: Socket, other: Socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    // A broken connection is what this is for; what matters is that the other side breaks too.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      other.destroy();
    });
  };
  let interrupted = false;
  const server = createServer(inside => {
    if (interrupted) {
      inside.on('error', () => undefined).destroy();
      return;
    }
    const outside = connect(target.port, target.host);
    track(inside, outside);
    track(outside, inside);
    inside.pipe(outside).pipe(inside);
  });
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    interrupt() {
      interrupted = true;
      cut();
      const end = () => {
        interrupted = false;
      };
      return { tried: once(server, 'connection'), end };
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      cut();
      await closed;
    },
  };
}
